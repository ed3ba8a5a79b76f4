import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigation } from "@/features/session/context";
import type { AutomationId, Entry, Finding } from "@/host";
import { Icon } from "@/shared/Icon";
import { arrowTarget } from "@/shared/roving";
import { texts } from "@/texts";
import { useBuilder, useFindings } from "./context";
import styles from "./Library.module.css";
import { EmptyLibrary } from "./LibraryPane";
import { LibraryRow } from "./LibraryRow";
import { type Filter, isEverything, type Line, linesOf, movedBefore, movedBy } from "./order";

const ROW = 48;
const HEAD = 28;
/** Lines beyond the edges that are drawn too, so that scrolling shows no gap. */
const BEYOND = 3;

interface LibraryListProps {
  entries: readonly Entry[];
  filter: Filter;
  today: Readonly<Record<AutomationId, number>>;
  onClear: () => void;
}

/** The automations in the order in which they are tried; only those in sight are drawn. */
export function LibraryList({ entries, filter, today, onClear }: LibraryListProps) {
  const { drafting } = useBuilder();
  const chosen = useNavigation((navigation) => navigation.automation);
  const open = useNavigation((navigation) => navigation.openAutomation);
  const findings = useFindings();
  const errors = useMemo(() => errorsOf(findings), [findings]);
  const lines = useMemo(() => linesOf(entries, filter), [entries, filter]);
  const tops = useMemo(() => topsOf(lines), [lines]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef(new Map<AutomationId, HTMLElement>());
  const [sight, setSight] = useState({ top: 0, height: 600 });
  const drag = useDrag(entries, lines, tops, scroller);
  const { height } = sight;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      // Nothing is in sight of what is not laid out.
      if (element.clientHeight > 0)
        setSight({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // What is chosen from elsewhere is brought into sight.
  useLayoutEffect(() => {
    const at = lines.findIndex((line) => line.kind === "entry" && line.entry.id === chosen);
    const top = tops[at];
    const element = scroller.current;
    if (top === undefined || !element) return;
    if (top < element.scrollTop + HEAD) element.scrollTop = top - HEAD;
    else if (top + ROW > element.scrollTop + height) element.scrollTop = top + ROW - height;
  }, [chosen, lines, tops, height]);

  const shown = lines.flatMap((line) => (line.kind === "entry" ? [line.entry] : []));
  const first = chosen && shown.some((entry) => entry.id === chosen) ? chosen : shown[0]?.id;
  const from = sight.top - BEYOND * ROW;
  const to = sight.top + height + BEYOND * ROW;

  const onKeyDown = (event: React.KeyboardEvent, entry: Entry) => {
    const index = shown.indexOf(entry);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const order = movedBy(entries, entry.id, event.key === "ArrowUp" ? -1 : 1);
      if (order) void drafting.getState().reorder(order);
      return;
    }
    if (event.key === "Delete") {
      event.preventDefault();
      const beside = shown[index + 1] ?? shown[index - 1];
      void drafting
        .getState()
        .remove(entry.id)
        .then(() => {
          if (!beside) return;
          open(beside.id);
          requestAnimationFrame(() => rows.current.get(beside.id)?.focus());
        });
      return;
    }
    const target = arrowTarget(event.key, index, shown.length, "vertical");
    const next = target === null ? undefined : shown[target];
    if (!next) return;
    event.preventDefault();
    open(next.id);
    requestAnimationFrame(() => rows.current.get(next.id)?.focus());
  };

  // The rows are given the same functions at all times, which do what is right now.
  const does = useRef({ onKeyDown, begin: drag.begin });
  useLayoutEffect(() => {
    does.current = { onKeyDown, begin: drag.begin };
  });
  const keyDown = useCallback(
    (event: React.KeyboardEvent, entry: Entry) => does.current.onKeyDown(event, entry),
    [],
  );
  const grip = useCallback(
    (event: React.PointerEvent<HTMLElement>, id: AutomationId) => does.current.begin(event, id),
    [],
  );
  const rowRef = useCallback((id: AutomationId, element: HTMLElement | null) => {
    if (element) rows.current.set(id, element);
    else rows.current.delete(id);
  }, []);

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      onScroll={(event) =>
        setSight({
          top: event.currentTarget.scrollTop,
          height: event.currentTarget.clientHeight,
        })
      }
    >
      {lines.length === 0 && <EmptyLibrary onClear={isEverything(filter) ? null : onClear} />}
      <ul
        className={styles.list}
        aria-label={texts.library.title}
        data-testid="library"
        style={{ height: bottomOf(lines, tops) }}
      >
        {lines.map((line, index) => {
          const top = tops[index] ?? 0;
          if (top + ROW < from || top > to) return null;
          return (
            <li
              key={line.kind === "type" ? line.type : line.entry.id}
              className={styles.line}
              style={{ transform: `translateY(${top}px)` }}
            >
              {line.kind === "type" ? (
                <TypeHead line={line} />
              ) : (
                <LibraryRow
                  entry={line.entry}
                  rank={line.rank}
                  count={today[line.entry.id] ?? 0}
                  errors={errors[line.entry.id] ?? 0}
                  chosen={line.entry.id === chosen}
                  tabbable={line.entry.id === first}
                  dragged={drag.dragged === line.entry.id}
                  rowRef={rowRef}
                  onChoose={open}
                  onKeyDown={keyDown}
                  onGrip={grip}
                />
              )}
            </li>
          );
        })}
        {drag.line !== null && (
          <li
            className={styles.insertion}
            aria-hidden="true"
            style={{ transform: `translateY(${drag.line}px)` }}
          />
        )}
      </ul>
    </div>
  );
}

function TypeHead({ line }: { line: Line & { kind: "type" } }) {
  return (
    <div className={styles.type}>
      <span>{texts.library.types[line.type]}</span>
      {line.count > 1 && (
        <span className={styles.firstWins} title={texts.library.firstWinsHint}>
          <Icon name="down" size={12} />
          {texts.library.firstWins}
        </span>
      )}
    </div>
  );
}

function topsOf(lines: readonly Line[]): number[] {
  let top = 0;
  return lines.map((line) => {
    const own = top;
    top += line.kind === "type" ? HEAD : ROW;
    return own;
  });
}

function bottomOf(lines: readonly Line[], tops: readonly number[]): number {
  const last = lines.at(-1);
  if (!last) return 0;
  return (tops.at(-1) ?? 0) + (last.kind === "type" ? HEAD : ROW);
}

function errorsOf(findings: readonly Finding[]): Record<AutomationId, number> {
  const errors: Record<AutomationId, number> = {};
  for (const finding of findings) {
    if (finding.severity !== "error") continue;
    errors[finding.automationId] = (errors[finding.automationId] ?? 0) + 1;
  }
  return errors;
}

/** Moving by the grip: a line shows where it would stand; Escape gives up. */
function useDrag(
  entries: readonly Entry[],
  lines: readonly Line[],
  tops: readonly number[],
  scroller: React.RefObject<HTMLDivElement | null>,
) {
  const { drafting } = useBuilder();
  const [place, setPlace] = useState<{
    id: AutomationId;
    line: number;
    before: AutomationId | null;
  } | null>(null);

  const begin = (event: React.PointerEvent<HTMLElement>, id: AutomationId) => {
    const type = entries.find((entry) => entry.id === id)?.type;
    const list = scroller.current;
    if (event.button !== 0 || !list || !type) return;
    event.preventDefault();
    const grip = event.currentTarget;
    grip.setPointerCapture(event.pointerId);
    const own = lines.flatMap((line, index) =>
      line.kind === "entry" && line.entry.type === type
        ? [{ id: line.entry.id, top: tops[index] ?? 0 }]
        : [],
    );
    let at: { line: number; before: AutomationId | null } | null = null;
    const move = (moved: PointerEvent) => {
      const y = moved.clientY - list.getBoundingClientRect().top + list.scrollTop;
      const next = own.find((one) => y < one.top + ROW / 2);
      const last = own.at(-1);
      at = { line: next ? next.top : (last?.top ?? 0) + ROW, before: next?.id ?? null };
      setPlace({ id, ...at });
    };
    const end = () => {
      grip.removeEventListener("pointermove", move);
      grip.removeEventListener("pointerup", drop);
      grip.removeEventListener("pointercancel", end);
      document.removeEventListener("keydown", leave, true);
      setPlace(null);
    };
    const drop = () => {
      end();
      const order = at && movedBefore(entries, id, at.before);
      if (order) void drafting.getState().reorder(order);
    };
    const leave = (key: KeyboardEvent) => {
      if (key.key === "Escape") end();
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", end);
    document.addEventListener("keydown", leave, true);
  };

  return { begin, dragged: place?.id ?? null, line: place?.line ?? null };
}
