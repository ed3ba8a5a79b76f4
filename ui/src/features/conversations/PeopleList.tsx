import { useEffect, useRef, useState } from "react";
import { texts } from "@/texts";
import styles from "./Conversations.module.css";
import { useConversations, useConversationsStore } from "./context";
import { COLUMNS, PersonLine, rowId } from "./PersonLine";
import { isSame, whomOf } from "./store";

const ROW = 28;
/** Rows beyond what is in sight, above and below. */
const MARGIN = 20;
const NONE: never[] = [];

/** The people in sight of as many as there are. */
export function PeopleList({ narrow }: { narrow: boolean }) {
  const store = useConversationsStore();
  const list = useConversations((state) => state.look.list);
  const at = useConversations((state) => state.news?.look.at ?? 0);
  const rows = useConversations((state) => state.news?.rows ?? NONE);
  const total = useConversations((state) => state.news?.total ?? 0);
  const now = useConversations((state) => state.news?.now ?? 0);
  const accounts = useConversations((state) => state.news?.accounts ?? NONE);
  const chosen = useConversations((state) => state.chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 600 });

  useEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() =>
      setSight(({ top, height }) => ({ top, height: element.clientHeight || height })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // In steps, so that it is not asked for every pixel.
  const from = Math.max(0, Math.floor(sight.top / ROW / MARGIN - 1) * MARGIN);
  const count = Math.min(200, Math.ceil(sight.height / ROW / MARGIN + 3) * MARGIN);
  useEffect(() => {
    const { look } = store.getState();
    if (look.at !== from || look.count !== count) {
      void store.getState().change({ at: from, count });
    }
  }, [store, from, count]);

  // Another search begins at its first row.
  const searched = useConversations(({ look }) => JSON.stringify({ ...look, at: 0, count: 0 }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is what tells of another one.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [searched]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const index = rows.findIndex((row) => isSame(whomOf(row), chosen));
    const go = (target: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, target))];
      if (!next) return;
      event.preventDefault();
      if (store.getState().open) void store.getState().show(whomOf(next));
      else store.getState().choose(whomOf(next));
      const element = scroller.current;
      if (!element) return;
      const top = (at + rows.indexOf(next)) * ROW;
      const height = element.clientHeight - ROW;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + ROW > element.scrollTop + height) element.scrollTop = top + ROW - height;
    };
    const page = Math.max(1, Math.floor(sight.height / ROW) - 2);
    switch (event.key) {
      case "ArrowDown":
        return go(index + 1);
      case "ArrowUp":
        return go(index < 0 ? 0 : index - 1);
      case "PageDown":
        return go(Math.max(0, index) + page);
      case "PageUp":
        return go(index - page);
      case "Home":
      case "End":
        event.preventDefault();
        if (scroller.current) scroller.current.scrollTop = event.key === "Home" ? 0 : total * ROW;
        return;
      case "Enter": {
        const row = rows[index];
        if (row) void store.getState().show(whomOf(row));
        return;
      }
      case "Escape":
        store.getState().close();
    }
  };

  const columns = COLUMNS[list];
  const active = rows.find((row) => isSame(whomOf(row), chosen));
  const t = texts.conversations;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of ten thousand rows has no table.
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={list === "standing" ? t.list : t.contactsList}
      aria-rowcount={total + 1}
      aria-activedescendant={active ? rowId(active) : undefined}
      className={styles.grid}
      data-list={list}
      data-narrow={narrow || undefined}
      data-testid="people-list"
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        setSight(({ height }) => ({ top: scrollTop, height: clientHeight || height }));
      }}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      <div role="rowgroup" className={styles.head}>
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="row" className={styles.line}>
          {columns.map((column) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
            // biome-ignore lint/a11y/useSemanticElements: as above.
            <span key={column} role="columnheader" className={styles.cell} data-column={column}>
              {t.columns[column]}
            </span>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      <div role="rowgroup" className={styles.rows} style={{ height: total * ROW }}>
        <div className={styles.sight} style={{ top: at * ROW }}>
          {rows.map((row, index) => (
            <PersonLine
              key={rowId(row)}
              row={row}
              list={list}
              rowIndex={at + index + 2}
              now={now}
              account={
                accounts.length > 1
                  ? (accounts.find(({ id }) => id === row.accountId)?.username ?? row.accountId)
                  : null
              }
              chosen={isSame(whomOf(row), chosen)}
              onOpen={store.getState().show}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
