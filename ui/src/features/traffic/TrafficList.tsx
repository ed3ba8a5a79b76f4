import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TrafficRow } from "@/host";
import { Icon } from "@/shared/Icon";
import { useRowMenu } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useTraffic, useTrafficStore } from "./context";
import { isAtEnd, lookAt, type Measured, newSince, ROW, scrollTo, sightOf } from "./following";
import { useRowActions } from "./rowActions";
import { chosenOf, isChosen } from "./store";
import styles from "./Traffic.module.css";
import { rowId, TrafficLine } from "./TrafficLine";

const COLUMNS = [
  "time",
  "kind",
  "account",
  "contact",
  "text",
  "automation",
  "result",
  "ms",
] as const;

/** What is listed: the live rows in sight, or what a search of the journal found. */
interface Listed {
  rows: readonly TrafficRow[];
  /** The position of the first of `rows`, and of the first and behind the last that there are. */
  at: number;
  first: number;
  end: number;
  /** Another number is another list, whose positions have nothing to do with these. */
  view: number;
}

/** Rows as they arrive; it scrolls by itself until it is touched. */
export function TrafficList({ narrow }: { narrow: boolean }) {
  const store = useTrafficStore();
  const news = useTraffic((state) => state.news);
  const found = useTraffic((state) => state.found);
  const follows = useTraffic((state) => state.follows) && !found;
  const held = useTraffic((state) => state.held);
  const chosen = useTraffic((state) => state.chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const listed = listedOf(news, found?.rows ?? null);
  const rows = listed.end - listed.first;
  // Where the list began when it was measured: the oldest rows are forgotten, and what is in
  // sight does not move for that.
  const start = useRef({ first: listed.first, view: listed.view });
  const [measured, setMeasured] = useState<Measured>({ top: 0, height: 600, ...start.current });
  // What draws in tests has no heights.
  const measure = useCallback(
    (top: number, height: number) =>
      setMeasured((before) => ({ ...start.current, top, height: height || before.height })),
    [],
  );
  const sight = sightOf(measured, listed);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const look = () => measure(element.scrollTop, element.clientHeight);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);

  // Asks for what is in sight, whenever that is something else. Where a list is held, the same
  // places of another one, such as that of another filter, have other rows.
  const { at, count } = lookAt(sight, listed.first, follows);
  const of = follows ? null : listed.view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: as said above.
  useEffect(() => {
    if (!found) void store.getState().look(at, count);
  }, [store, found, at, count, of]);

  // While it follows, it holds no more than what is in sight: a list of ten thousand rows
  // that scrolls twelve times a second costs a frame each time. Where it is touched, it
  // becomes as long as it is, with the same rows in sight.
  const followedBefore = useRef(follows);
  const settling = useRef(false);
  const nudge = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    // An answer to what was asked may be older than what was told, so it goes both ways.
    const same = start.current.view === listed.view;
    const gone = same ? listed.first - start.current.first : 0;
    const followed = followedBefore.current;
    start.current = { first: listed.first, view: listed.view };
    followedBefore.current = follows;
    if (!element) return;
    const scroll = (top: number) => {
      if (Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
    };
    if (follows) scroll(element.scrollHeight - element.clientHeight);
    // Another list, such as that of another filter, is held where it ends.
    else if ((followed || !same) && !found) {
      const end = Math.max(0, (rows + 1) * ROW - element.clientHeight);
      const top = Math.max(0, end + nudge.current);
      nudge.current = 0;
      settling.current = true;
      scroll(top);
      measure(top, element.clientHeight);
    } else if (gone !== 0 && !found) scroll(Math.max(0, element.scrollTop - gone * ROW));
  }, [measure, follows, found, rows, listed.first, listed.view]);

  const onScroll = (event: React.UIEvent<HTMLDivElement>) => {
    const element = event.currentTarget;
    const state = store.getState();
    const now = { top: element.scrollTop, height: element.clientHeight };
    if (state.follows && !found) return;
    measure(now.top, now.height);
    if (settling.current) {
      settling.current = false;
      return;
    }
    const atEnd = isAtEnd({ ...now, height: now.height - ROW }, rows);
    if (!found && atEnd && !state.paused && rows > 0) state.follow();
  };

  const onWheel = (event: React.WheelEvent) => {
    if (!follows || event.deltaY >= 0) return;
    nudge.current = Math.min(event.deltaY, -ROW);
    store.getState().hold();
  };

  const { actionsOf, onAsk } = useRowActions();
  const { menu, onContextMenu, onMenuKey } = useRowMenu({
    list: scroller,
    find: (id) => listed.rows.find((row) => rowId(row) === id),
    idOf: rowId,
    chosen: listed.rows.find((row) => isChosen(row, chosen)),
    choose: (row) => store.getState().choose(chosenOf(row)),
    onAsk,
    label: (row) => texts.traffic.open.ofRow(row.text),
    actions: actionsOf,
  });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (onMenuKey(event)) return;
    const index = listed.rows.findIndex((row) => isChosen(row, chosen));
    const go = (target: number) => {
      const next = listed.rows[Math.max(0, Math.min(listed.rows.length - 1, target))];
      if (!next) return;
      event.preventDefault();
      store.getState().choose(chosenOf(next));
      const element = scroller.current;
      // While it follows, every row that is listed is in sight.
      if (!element || follows) return;
      const own = { top: element.scrollTop, height: element.clientHeight - ROW };
      const top = scrollTo(own, listed.first, listed.at + listed.rows.indexOf(next));
      if (top !== null) element.scrollTop = top;
    };
    const page = Math.max(1, Math.floor(sight.height / ROW) - 2);
    const inSight = index >= 0 ? index : listed.rows.length - 1;
    switch (event.key) {
      case "ArrowDown":
        return go(index >= 0 ? index + 1 : inSight);
      case "ArrowUp":
        return go(index >= 0 ? index - 1 : inSight);
      case "PageDown":
        return go(inSight + page);
      case "PageUp":
        return go(inSight - page);
      case "End":
        event.preventDefault();
        if (!found) store.getState().follow();
        return;
      case "Home":
        event.preventDefault();
        nudge.current = -rows * ROW;
        store.getState().hold();
        if (!follows && scroller.current) scroller.current.scrollTop = 0;
        return;
      case "Enter": {
        const row = listed.rows[index];
        if (row) void store.getState().open(chosenOf(row));
        return;
      }
      case "Escape":
        store.getState().close();
    }
  };

  // What is in sight already is not new.
  const allInSight = isAtEnd({ top: sight.top, height: sight.height - ROW }, rows);
  const fresh = news && !follows && !found && !allInSight ? newSince(news, held) : 0;
  const active = listed.rows.find((row) => isChosen(row, chosen));
  return (
    <div className={styles.listArea}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table of ten thousand rows has no table. */}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={texts.traffic.list}
        aria-rowcount={rows + 1}
        aria-activedescendant={active ? rowId(active) : undefined}
        className={styles.grid}
        data-narrow={narrow || undefined}
        data-follows={follows || undefined}
        data-testid="traffic-list"
        onScroll={onScroll}
        onWheel={onWheel}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="rowgroup" className={styles.head}>
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
          {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
          <div role="row" className={styles.line}>
            {COLUMNS.map((column) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
              // biome-ignore lint/a11y/useSemanticElements: as above.
              <span
                key={column}
                role="columnheader"
                className={styles.cell}
                data-column={column}
                title={column === "ms" ? texts.traffic.msHint : undefined}
              >
                {column === "kind" ? (
                  <span className="visually-hidden">{texts.traffic.columns.kind}</span>
                ) : (
                  texts.traffic.columns[column]
                )}
              </span>
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div
          role="rowgroup"
          className={styles.rows}
          style={{ height: (follows ? listed.rows.length : rows) * ROW }}
        >
          <div
            className={styles.sight}
            style={{ top: follows ? 0 : (listed.at - listed.first) * ROW }}
          >
            {listed.rows.map((row, index) => (
              <TrafficLine
                // Lines are filled anew rather than made anew while rows run through them.
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place.
                key={index}
                row={row}
                rowIndex={listed.at + index - listed.first + 2}
                chosen={isChosen(row, chosen)}
                onOpen={store.getState().open}
              />
            ))}
          </div>
        </div>
      </div>
      {menu}
      {fresh > 0 && (
        <button
          type="button"
          className={styles.pill}
          data-testid="traffic-fresh"
          title={texts.traffic.newest}
          onClick={() => store.getState().follow()}
        >
          <Icon name="down" size={12} />
          {texts.traffic.fresh(fresh)}
        </button>
      )}
    </div>
  );
}

const NOTHING: Listed = { rows: [], at: 0, first: 0, end: 0, view: -1 };

function listedOf(news: Listed | null, found: readonly TrafficRow[] | null): Listed {
  if (found) return { rows: found, at: 0, first: 0, end: found.length, view: -1 };
  return news ?? NOTHING;
}
