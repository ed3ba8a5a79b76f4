import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import { IconButton } from "./Button";
import styles from "./Rows.module.css";

interface RowsProps {
  label: string;
  /** How many rows there are; a row is known by its place. */
  length: number;
  row: (at: number) => ReactNode;
  moveLabel: (at: number) => string;
  removeLabel: (at: number) => string;
  onMove: (from: number, to: number) => void;
  /** Absent where nothing may be taken out. */
  onRemove?: ((at: number) => void) | undefined;
  testId: string;
}

/**
 * A list that can be put in another order: its grips are dragged, or moved with the arrow
 * keys.
 */
export function Rows({
  label,
  length,
  row,
  moveLabel,
  removeLabel,
  onMove,
  onRemove,
  testId,
}: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);

  const focusGrip = (at: number) =>
    requestAnimationFrame(() => {
      list.current?.querySelectorAll<HTMLElement>(":scope > li > [data-grip]")[at]?.focus();
    });
  const move = (from: number, to: number) => {
    if (to < 0 || to >= length || to === from) return;
    onMove(from, to);
    focusGrip(to);
  };
  /** The row below the pointer; its last one when it is below all of them. */
  const rowAt = (y: number) => {
    const rows = [...(list.current?.children ?? [])];
    const at = rows.findIndex((each) => y < each.getBoundingClientRect().bottom);
    return at < 0 ? rows.length - 1 : at;
  };
  const dragging = (event: PointerEvent) => event.currentTarget.hasPointerCapture(event.pointerId);

  return (
    <ul ref={list} className={styles.rows} aria-label={label} data-testid={testId}>
      {Array.from({ length }, (_, at) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place.
          key={at}
          className={styles.row}
          data-dragged={drag?.from === at || undefined}
          data-drop={drag && drag.to === at && drag.from !== at ? dropSide(drag) : undefined}
        >
          <IconButton
            icon="grip"
            small
            label={moveLabel(at)}
            className={styles.grip}
            data-grip
            onKeyDown={(event) => {
              const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
              if (by === 0) return;
              event.preventDefault();
              event.stopPropagation();
              move(at, at + by);
            }}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDrag({ from: at, to: at });
            }}
            onPointerMove={(event) => {
              if (dragging(event)) setDrag({ from: at, to: rowAt(event.clientY) });
            }}
            onPointerUp={(event) => {
              if (dragging(event)) move(at, rowAt(event.clientY));
              setDrag(null);
            }}
            onPointerCancel={() => setDrag(null)}
          />
          <div className={styles.content}>{row(at)}</div>
          {onRemove && (
            <IconButton
              icon="close"
              small
              label={removeLabel(at)}
              data-testid={`${testId}-remove-${at}`}
              onClick={() => {
                onRemove(at);
                focusGrip(Math.min(at, length - 2));
              }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function dropSide({ from, to }: { from: number; to: number }): "above" | "below" {
  return to < from ? "above" : "below";
}
