/** The keys of a list whose rows are opened: arrows move, Enter opens, Escape closes. */

import type { KeyboardEvent, RefObject } from "react";

/** Rows that Page Up and Page Down pass. */
const PAGE_STEP = 10;

/** To which of so many rows a key leads from the one at `at` (-1: none is chosen); null for
 * any other key, and where there are none. */
export function rowAt(key: string, at: number, length: number): number | null {
  if (length === 0) return null;
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? length - 1 : at - 1,
    Home: 0,
    End: length - 1,
    PageDown: at + PAGE_STEP,
    PageUp: at - PAGE_STEP,
  };
  const step = steps[key];
  return step === undefined ? null : Math.min(Math.max(0, step), length - 1);
}

interface RowKeys<Id> {
  list: RefObject<HTMLElement | null>;
  rows: readonly { id: Id }[];
  chosen: Id | null;
  /** A key led to this row. */
  go: (id: Id, event: KeyboardEvent) => void;
  open: (id: Id) => void;
  close: () => void;
  /** A key that this list has besides; whether it was one. */
  other: (event: KeyboardEvent) => boolean;
}

/** The keys of a list whose rows are chosen by their ids; the chosen one stays in sight. */
export function rowKeys<Id>(options: RowKeys<Id>): (event: KeyboardEvent) => void {
  const { list, rows, chosen, go, open, close, other } = options;
  return (event) => {
    if (other(event)) return;
    if (event.key === "Escape") {
      close();
      return;
    }
    if (event.key === "Enter" && chosen !== null) {
      open(chosen);
      return;
    }
    const at = rows.findIndex((row) => row.id === chosen);
    const step = rowAt(event.key, at, rows.length);
    const next = step === null ? undefined : rows[step];
    if (!next) return;
    event.preventDefault();
    go(next.id, event);
    requestAnimationFrame(() =>
      list.current?.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" }),
    );
  };
}
