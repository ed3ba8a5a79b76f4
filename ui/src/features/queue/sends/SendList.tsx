import { type KeyboardEvent, useRef } from "react";
import type { QueueNews, SendRow } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { Pager } from "../Pager";
import styles from "../Queue.module.css";
import { isOnlyLooking } from "../store";
import { useSends, useSendsStore } from "./context";
import { forWhom } from "./said";
import { useForgetting } from "./useForgetting";

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
  return <Rows rows={page?.rows ?? []} />;
}

/** What can be done with all of them, and the way through the pages. */
export function SendsBar({ news }: { news: QueueNews }) {
  const store = useSendsStore();
  const reason = useSends((state) => state.reason);
  const page = useSends((state) => state.page);
  const { askForget } = useForgetting();
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
          <Button
            look="quiet"
            icon="trash"
            disabled={observes}
            title={observes ? t.observes(news.level) : undefined}
            data-testid="queue-forget-all"
            onClick={() => void askForget({ which: "all" })}
          >
            {t.sends.forgetAll(news.sends.count)}
          </Button>
        )
      )}
      <Pager page={page} turn={(skip) => store.getState().turn(skip)} />
    </>
  );
}

function Rows({ rows }: { rows: readonly SendRow[] }) {
  const store = useSendsStore();
  const chosen = useSends((state) => state.chosen);
  const list = useRef<HTMLDivElement>(null);
  const t = texts.queue.sends;

  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex((row) => row.id === chosen);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? rows.length - 1 : at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    };
    if (event.key === "Escape") {
      store.getState().close();
      return;
    }
    if (event.key === "Enter" && chosen !== null) {
      store.getState().open(chosen);
      return;
    }
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = rows[Math.min(Math.max(0, step), rows.length - 1)];
    if (!next) return;
    // What is open follows the arrow keys.
    if (store.getState().opened) store.getState().open(next.id);
    else store.getState().choose(next.id);
    requestAnimationFrame(() =>
      list.current?.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" }),
    );
  };

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
      >
        {rows.map((row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus.
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
          <div
            key={row.id}
            id={`queue-send-${row.id}`}
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
    </div>
  );
}

export function resultOf({ uncertain }: SendRow): "uncertain" | "failed" {
  return uncertain ? "uncertain" : "failed";
}
