import { useRef } from "react";
import type { QueueNews, SendRow } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { useRowMenu } from "@/shared/RowMenu";
import { rowKeys } from "@/shared/rowKeys";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { Pager } from "../Pager";
import styles from "../Queue.module.css";
import { isOnlyLooking } from "../store";
import { useSends, useSendsStore } from "./context";
import { forWhom } from "./said";
import { useSendActions } from "./sendActions";
import { useForgetting } from "./useForgetting";
import { useSendingAgain } from "./useSendingAgain";

/** The sends that failed for good, a page at a time, the latest first. */
export function SendList({ news }: { news: QueueNews }) {
  const page = useSends((state) => state.page);
  const { trouble } = news.sends;
  const t = texts.queue.sends;
  if (trouble) {
    return (
      <p id="queue-list" role="tabpanel" className={styles.none} data-testid="queue-sends-trouble">
        {t.trouble} {trouble}
      </p>
    );
  }
  if (page && page.rows.length === 0) {
    return (
      <p id="queue-list" role="tabpanel" className={styles.none} data-testid="queue-none">
        {t.none}
      </p>
    );
  }
  return <Rows news={news} rows={page?.rows ?? []} />;
}

/** What can be done with all of them, and the way through the pages. */
export function SendsBar({ news }: { news: QueueNews }) {
  const store = useSendsStore();
  const reason = useSends((state) => state.reason);
  const page = useSends((state) => state.page);
  const { askForget } = useForgetting();
  const { askAgain } = useSendingAgain();
  const observes = isOnlyLooking(news);
  const t = texts.queue;
  return (
    <>
      {reason !== null ? (
        <Button
          look="quiet"
          icon="close"
          data-testid="queue-all-send-reasons"
          title={t.reasons.only(reason || t.reasons.none)}
          onClick={() => store.getState().show(null)}
        >
          {t.reasons.all}
        </Button>
      ) : (
        news.sends.groups.length > 1 && (
          <>
            <Button
              look="quiet"
              icon="send"
              disabled={observes}
              title={observes ? t.observes(news.level) : undefined}
              data-testid="queue-again-all"
              onClick={() => void askAgain({ which: "all" })}
            >
              {t.sends.againAll}
            </Button>
            <Button
              look="quiet"
              icon="trash"
              disabled={observes}
              title={observes ? t.observes(news.level) : undefined}
              data-testid="queue-forget-all"
              onClick={() => void askForget({ which: "all" })}
            >
              {t.sends.forgetAll}
            </Button>
          </>
        )
      )}
      <Pager page={page} turn={(skip) => store.getState().turn(skip)} />
    </>
  );
}

const idOf = (row: SendRow) => `queue-send-${row.id}`;

function Rows({ news, rows }: { news: QueueNews; rows: readonly SendRow[] }) {
  const store = useSendsStore();
  const chosen = useSends((state) => state.chosen);
  const list = useRef<HTMLDivElement>(null);
  const actionsOf = useSendActions(news);
  const t = texts.queue.sends;

  const { menu, onContextMenu, onMenuKey } = useRowMenu({
    list,
    find: (id) => rows.find((row) => idOf(row) === id),
    idOf,
    chosen: rows.find((row) => row.id === chosen),
    choose: (row) => store.getState().choose(row.id),
    label: (row) => t.to(forWhom(row)),
    actions: (row) => [
      {
        id: "queue-send-open",
        label: texts.queue.job.open,
        icon: "arrow",
        run: () => store.getState().open(row.id),
      },
      ...actionsOf(row),
    ],
  });
  const onKeyDown = rowKeys({
    list,
    rows,
    chosen,
    go: (id) => {
      // What is open follows the arrow keys.
      if (store.getState().opened) store.getState().open(id);
      else store.getState().choose(id);
    },
    open: (id) => store.getState().open(id),
    close: () => store.getState().close(),
    other: onMenuKey,
  });

  return (
    <div
      id="queue-list"
      role="tabpanel"
      className={styles.panel}
      data-sends="true"
      aria-label={t.list}
    >
      <div className={styles.head} aria-hidden="true">
        <span />
        <span>{t.columns.who}</span>
        <span>{t.columns.when}</span>
        <span className={styles.tries}>{texts.queue.columns.attempts}</span>
        <span>{t.columns.what}</span>
        <span>{texts.queue.columns.why}</span>
      </div>
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t.list}
        aria-activedescendant={chosen === null ? undefined : `queue-send-${chosen}`}
        className={styles.rows}
        data-testid="queue-sends"
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
      >
        {rows.map((row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus.
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
          <div
            key={row.id}
            id={idOf(row)}
            role="option"
            aria-selected={row.id === chosen}
            className={styles.row}
            data-chosen={row.id === chosen || undefined}
            data-testid="queue-send"
            onClick={() => store.getState().open(row.id)}
          >
            <span className={styles.sendMark} title={t.results[resultOf(row)]}>
              <Icon
                name={row.uncertain ? "warning" : "failed"}
                size={12}
                label={t.results[resultOf(row)]}
              />
            </span>
            <span className={styles.sendWho}>{forWhom(row)}</span>
            <time className={styles.when} title={hoverTime(row.at)}>
              {clockTime(row.at)}
            </time>
            <span className={styles.tries}>{row.attempts}</span>
            <span title={row.what}>{row.text}</span>
            <span>{row.error?.message.split("\n")[0] ?? ""}</span>
          </div>
        ))}
      </div>
      {menu}
    </div>
  );
}

export function resultOf({ uncertain }: SendRow): "uncertain" | "failed" {
  return uncertain ? "uncertain" : "failed";
}
