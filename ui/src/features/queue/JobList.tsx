import { type MouseEvent, useRef } from "react";
import { useSession } from "@/features/session/context";
import type { JobId, JobRow, JobsIn, QueueNews } from "@/host";
import { Icon } from "@/shared/Icon";
import { count } from "@/shared/number";
import { useRowMenu } from "@/shared/RowMenu";
import { rowKeys } from "@/shared/rowKeys";
import { Segments } from "@/shared/Segments";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import { JobWebhook } from "./JobWebhook";
import { useJobActions } from "./jobActions";
import { Pager } from "./Pager";
import styles from "./Queue.module.css";
import { All, Marked } from "./Several";
import { sendsOf } from "./sends/context";
import { SendList, SendsBar } from "./sends/SendList";
import { isMarkable } from "./store";

const TABS: readonly JobsIn[] = ["failed", "waiting", "active", "delayed", "completed"];

/** The jobs of a state, a page at a time; or the sends that failed. */
export function JobList({ news }: { news: QueueNews }) {
  const store = useQueueStore();
  const host = useSession((session) => session.host);
  const sends = useQueue((state) => state.sends);
  const tab = useQueue((state) => state.tab);
  const page = useQueue((state) => state.page);
  const marked = useQueue((state) => state.marked.size > 0);
  const t = texts.queue;
  const { figures } = news;
  const counted = (state: JobsIn) => (figures ? (figures[state] ?? 0) : 0);
  const tabs = TABS.filter((state) => state !== "completed" || figures?.completed != null);
  return (
    <section className={styles.jobs} aria-label={t.tabs}>
      <div className={styles.tabs}>
        <Segments
          as="tabs"
          label={t.tabs}
          value={sends ? "sends" : tab}
          segments={[
            ...tabs.map((state) => ({
              value: state,
              label: `${t.states[state]} ${count(counted(state))}`,
              testId: `queue-tab-${state}`,
            })),
            {
              value: "sends" as const,
              label: t.sends.tab(news.sends.count),
              testId: "queue-tab-sends",
            },
          ]}
          onChange={(shown) => {
            if (shown !== "sends") {
              store.getState().show(shown);
              return;
            }
            store.getState().showSends();
            sendsOf(host).getState().told(news);
          }}
          panelId={() => "queue-list"}
        />
        <span className={styles.spring} />
        {sends ? (
          <SendsBar news={news} />
        ) : (
          <>
            {marked ? <Marked news={news} /> : <All news={news} />}
            <Pager page={page} turn={(skip) => store.getState().turn(skip)} />
          </>
        )}
      </div>
      {sends ? (
        <SendList news={news} />
      ) : page && page.state === tab && page.rows.length === 0 ? (
        <p id="queue-list" role="tabpanel" className={styles.none} data-testid="queue-none">
          {t.none[tab]}
        </p>
      ) : (
        <Rows news={news} tab={tab} rows={page && page.state === tab ? page.rows : []} />
      )}
    </section>
  );
}

const idOf = (row: JobRow) => `queue-job-${row.id}`;

interface RowsProps {
  news: QueueNews;
  tab: JobsIn;
  rows: readonly JobRow[];
}

function Rows({ news, tab, rows }: RowsProps) {
  const store = useQueueStore();
  const chosen = useQueue((state) => state.chosen);
  const marked = useQueue((state) => state.marked);
  const markable = isMarkable(tab);
  const list = useRef<HTMLDivElement>(null);
  const actionsOf = useJobActions(news);
  const t = texts.queue;
  const named = rows.some((row) => row.name);
  const webhooks = rows.some((row) => row.webhook);
  const explained = rows.some((row) => row.reason);

  const { menu, onContextMenu, onMenuKey } = useRowMenu({
    list,
    find: (id) => rows.find((row) => idOf(row) === id),
    idOf,
    chosen: rows.find((row) => row.id === chosen),
    choose: (row) => store.getState().choose(row.id),
    label: (row) => t.job.title(row.id),
    actions: (row) => [
      {
        id: "queue-open",
        label: t.job.open,
        icon: "arrow",
        run: () => void store.getState().open(row.id),
      },
      ...actionsOf(row, tab),
    ],
  });
  const onKeyDown = rowKeys({
    list,
    rows,
    chosen,
    go: (id, event) => {
      if (event.shiftKey && markable) {
        store.getState().markTo(id);
        return;
      }
      store.getState().choose(id);
      // What is open follows the arrow keys.
      if (store.getState().opened) void store.getState().open(id);
    },
    open: (id) => void store.getState().open(id),
    close: () => {
      if (marked.size > 0) store.getState().unmark();
      else store.getState().close();
    },
    other: (event) => {
      if (onMenuKey(event)) return true;
      if (event.key === " " && chosen !== null) store.getState().mark(chosen);
      else if (event.key === "a" && (event.ctrlKey || event.metaKey)) store.getState().markPage();
      else return false;
      event.preventDefault();
      return true;
    },
  });

  const onClick = (event: MouseEvent, id: JobId) => {
    const isMark = event.target instanceof Element && event.target.closest("[data-mark]") !== null;
    if (event.shiftKey && markable) store.getState().markTo(id);
    else if (markable && (isMark || event.ctrlKey || event.metaKey)) {
      store.getState().choose(id);
      store.getState().mark(id);
    } else void store.getState().open(id);
  };

  return (
    <div
      id="queue-list"
      role="tabpanel"
      className={styles.panel}
      data-named={named || undefined}
      data-webhooks={webhooks || undefined}
      data-explained={explained || undefined}
      aria-label={t.list(tab)}
    >
      <div className={styles.head} aria-hidden="true">
        <span />
        <span>{t.columns.id}</span>
        <span>{t.columns.when[tab]}</span>
        <span className={styles.tries}>{t.columns.attempts}</span>
        <span>{named && t.columns.name}</span>
        <span>{webhooks && t.columns.webhook}</span>
        <span>{explained && t.columns.why}</span>
      </div>
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-multiselectable={markable}
        aria-label={t.list(tab)}
        aria-activedescendant={chosen === null ? undefined : `queue-job-${chosen}`}
        className={styles.rows}
        data-testid="queue-list"
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
            aria-selected={markable ? marked.has(row.id) : row.id === chosen}
            className={styles.row}
            data-chosen={row.id === chosen || undefined}
            data-testid="queue-row"
            onClick={(event) => onClick(event, row.id)}
          >
            <span className={styles.mark} data-mark={markable || undefined} title={t.mark}>
              {marked.has(row.id) && <Icon name="check" size={12} />}
            </span>
            <span className={styles.id}>{row.id}</span>
            <When at={whenOf(tab, row)} />
            <span className={styles.tries}>{row.attempts}</span>
            <span className={styles.jobName}>{row.name ?? ""}</span>
            {row.webhook ? <JobWebhook webhook={row.webhook} /> : <span />}
            <span className={styles.why}>{row.reason?.split("\n")[0] ?? ""}</span>
          </div>
        ))}
      </div>
      {menu}
    </div>
  );
}

function When({ at }: { at: number | null }) {
  if (at === null) return <span />;
  return (
    <time className={styles.when} title={hoverTime(at)}>
      {clockTime(at)}
    </time>
  );
}

/** The time that a state is about. */
function whenOf(tab: JobsIn, row: JobRow): number | null {
  switch (tab) {
    case "waiting":
      return row.addedAt;
    case "active":
      return row.startedAt ?? row.addedAt;
    case "delayed":
      return row.dueAt;
    case "failed":
    case "completed":
      return row.endedAt;
  }
}
