import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import type { KeyRow } from "@/host";
import { copyText } from "@/shared/clipboard";
import { useRowMenu } from "@/shared/RowMenu";
import { countdown, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useCache, useCacheStore, useRefusal } from "./context";
import styles from "./Keys.module.css";
import { bytes } from "./words";

/** A row is so high. */
const ROW = 28;

export interface ListedKey {
  row: KeyRow;
  /** What is wrong with it, where it was looked for. */
  note?: ReactNode;
}

/** Keys in a list: arrow keys move, Enter opens, Space selects, Delete invalidates. */
export function KeyTable({ keys, label }: { keys: readonly ListedKey[]; label: string }) {
  const store = useCacheStore();
  const chosen = useCache((state) => state.chosen);
  const selected = useCache((state) => state.selected);
  const now = useCache((state) => state.news?.now ?? 0);
  const refusal = useRefusal();
  const tell = useSession((session) => session.tell);
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 400 });
  const at = keys.findIndex(({ row }) => row.key === chosen);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const go = (to: number) => {
    const next = Math.max(0, Math.min(keys.length - 1, to));
    const row = keys[next]?.row;
    const element = scroller.current;
    if (!row || !element) return;
    store.getState().choose(row.key);
    const top = next * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW - element.clientHeight;
    }
  };

  const t = texts.cache;
  const { menu, onContextMenu, onMenuKey } = useRowMenu<ListedKey>({
    list: scroller,
    find: (id) => keys[Number(id.slice(ROW_ID.length))],
    idOf: (listed) => rowId(keys.indexOf(listed)),
    chosen: keys[at],
    choose: ({ row }) => store.getState().choose(row.key),
    label: ({ row }) => row.key,
    actions: ({ row: { key } }) => [
      {
        id: "cache-key-open",
        label: t.keys.open,
        icon: "arrow",
        run: () => void store.getState().open(key),
      },
      {
        id: "cache-key-copy",
        label: t.open.copy,
        icon: "copy",
        run: () =>
          void copyText(key).then((copied) => {
            if (!copied) tell({ kind: "warning", text: texts.why.copyFailed });
          }),
      },
      {
        id: "cache-key-select",
        label: selected.has(key) ? t.keys.unselectOne : t.keys.selectOne,
        icon: "check",
        run: () => store.getState().select(key, !selected.has(key)),
      },
      {
        id: "cache-key-invalidate",
        label: t.open.invalidate,
        icon: "trash",
        disabled: refusal !== undefined,
        title: refusal,
        run: () => store.getState().ask({ wish: "keys", keys: [key] }),
      },
    ],
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (onMenuKey(event)) return;
    const state = store.getState();
    const page = Math.max(1, Math.floor(sight.height / ROW) - 1);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: keys.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
      return;
    }
    if (event.key === "Escape") {
      state.close();
      return;
    }
    if (chosen === null || at < 0) return;
    if (event.key === "Enter") void state.open(chosen);
    else if (event.key === " ") {
      event.preventDefault();
      state.select(chosen, !selected.has(chosen));
    } else if (event.key === "Delete" && !refusal) {
      const many = selected.size > 0 ? [...selected] : [chosen];
      state.ask({ wish: "keys", keys: many });
    }
  };

  const first = Math.max(0, Math.floor(sight.top / ROW) - 4);
  const shown = keys.slice(first, first + Math.ceil(sight.height / ROW) + 8);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a list of thousands has no table. */}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={keys.length}
        aria-multiselectable="true"
        aria-activedescendant={at >= 0 ? rowId(at) : undefined}
        className={styles.list}
        data-testid="cache-keys"
        onScroll={(event) => {
          const { scrollTop, clientHeight } = event.currentTarget;
          setSight({ top: scrollTop, height: clientHeight });
        }}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        <div className={styles.rows} role="rowgroup" style={{ height: keys.length * ROW }}>
          <div className={styles.sight} role="presentation" style={{ top: first * ROW }}>
            {shown.map(({ row, note }, index) => {
              const isSelected = selected.has(row.key);
              return (
                // biome-ignore lint/a11y/useSemanticElements: as above.
                // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
                // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys.
                <div
                  key={row.key}
                  id={rowId(first + index)}
                  role="row"
                  aria-rowindex={first + index + 1}
                  aria-selected={isSelected}
                  className={styles.row}
                  data-chosen={row.key === chosen || undefined}
                  data-testid="cache-key"
                  onClick={() => void store.getState().open(row.key)}
                >
                  {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                  <span role="gridcell">
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      aria-label={texts.cache.keys.select(row.key)}
                      checked={isSelected}
                      onClick={(event) => event.stopPropagation()}
                      onChange={(event) => {
                        // The keys that follow are meant for it.
                        store.getState().choose(row.key);
                        store.getState().select(row.key, event.target.checked);
                      }}
                    />
                  </span>
                  {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                  <span role="gridcell" className={styles.key} title={row.key}>
                    {row.key}
                  </span>
                  {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                  <span role="gridcell" className={styles.note}>
                    {note}
                  </span>
                  {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                  <span role="gridcell" className={styles.left}>
                    <Lives expiresAt={row.expiresAt} now={now} />
                  </span>
                  {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
                  {/* biome-ignore lint/a11y/useFocusableInteractive: as above. */}
                  <span role="gridcell" className={styles.size}>
                    {row.bytes === null ? "" : bytes(row.bytes)}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {menu}
    </>
  );
}

const ROW_ID = "cache-key-";
const rowId = (at: number) => `${ROW_ID}${at}`;

/** How long a key has to live, by the engine's clock. */
export function Lives({ expiresAt, now }: { expiresAt: number | null; now: number }) {
  const t = texts.cache.keys;
  if (expiresAt === null) {
    return (
      <span className={styles.forever} title={t.foreverHint}>
        {t.forever}
      </span>
    );
  }
  const left = expiresAt - now;
  return <span title={hoverTime(expiresAt)}>{left > 0 ? t.left(countdown(left)) : t.expired}</span>;
}
