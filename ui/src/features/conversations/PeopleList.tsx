import { useEffect, useMemo, useRef, useState } from "react";
import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { HostError } from "@/host";
import { useRowMenu } from "@/shared/RowMenu";
import { isOfControl } from "@/shared/roving";
import { texts } from "@/texts";
import styles from "./Conversations.module.css";
import { useConversations, useConversationsStore } from "./context";
import { nameOf } from "./names";
import { COLUMNS, PersonLine, type RowActions, rowId } from "./PersonLine";
import { useRowActions } from "./rowActions";
import { isSame, keyOf, whomOf } from "./store";

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
  const picked = useConversations((state) => state.picked);
  const { session } = useStores();
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

  const act = useMemo<RowActions & { pickAll(): void }>(() => {
    const run = (doing: Promise<void>) => {
      doing.catch((thrown: unknown) => session.getState().tell(noticeOf(HostError.from(thrown))));
    };
    const state = store.getState;
    return {
      open: (row) => void state().show(whomOf(row)),
      pick: (row, place) => {
        state().choose(whomOf(row));
        state().pick(row, place);
      },
      pickTo: (row, place) => run(state().pickTo(row, place)),
      pickAll: () => run(state().pickAll()),
    };
  }, [store, session]);

  const actionsOf = useRowActions((row) => act.pick(row, at + rows.indexOf(row)));
  const { menu, onContextMenu, onMenuKey } = useRowMenu({
    list: scroller,
    find: (id) => rows.find((row) => rowId(row) === id),
    idOf: rowId,
    chosen: rows.find((row) => isSame(whomOf(row), chosen)),
    choose: (row) => store.getState().choose(whomOf(row)),
    label: nameOf,
    actions: actionsOf,
  });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isOfControl(event) || onMenuKey(event)) return;
    const index = rows.findIndex((row) => isSame(whomOf(row), chosen));
    const go = (target: number) => {
      const next = rows[Math.max(0, Math.min(rows.length - 1, target))];
      if (!next) return;
      event.preventDefault();
      if (event.shiftKey) {
        // From where it began, as far as the keys have come.
        const row = rows[index];
        if (store.getState().anchor === null && row) act.pickTo(row, at + index);
        store.getState().choose(whomOf(next));
        act.pickTo(next, at + rows.indexOf(next));
      } else if (store.getState().shown) void store.getState().show(whomOf(next));
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
      case " ": {
        const row = rows[index];
        event.preventDefault();
        if (row) act.pick(row, at + index);
        return;
      }
      case "a":
      case "A":
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        return act.pickAll();
      case "Escape":
        if (picked.size > 0) store.getState().pickNobody();
        else store.getState().close();
    }
  };

  const columns = COLUMNS[list];
  const active = rows.find((row) => isSame(whomOf(row), chosen));
  const t = texts.conversations;
  const labels = { standing: t.list, contacts: t.contactsList, only_cached: t.straysList };
  const all = picked.size > 0 && picked.size >= total;
  const grid = (
    // biome-ignore lint/a11y/useSemanticElements: a table of ten thousand rows has no table.
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={labels[list]}
      aria-multiselectable="true"
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
      onContextMenu={onContextMenu}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      <div role="rowgroup" className={styles.head}>
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div role="row" className={styles.line}>
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
          {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
          <span role="columnheader" className={styles.pick}>
            <input
              type="checkbox"
              aria-label={t.bulk.chooseAll}
              title={t.bulk.chooseAll}
              checked={all}
              data-testid="people-pick-all"
              onChange={() => (all ? store.getState().pickNobody() : act.pickAll())}
            />
          </span>
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
              picked={picked.has(keyOf(row))}
              act={act}
            />
          ))}
        </div>
      </div>
    </div>
  );
  return (
    <>
      {grid}
      {menu}
    </>
  );
}
