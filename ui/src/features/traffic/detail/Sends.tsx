import type { OpenedDelivery, OutboxState, SendRecord } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Delivery.module.css";

const ICON: Record<OutboxState, IconName> = {
  sent: "check",
  retrying: "retry",
  failed: "failed",
  unknown: "warning",
  dropped: "minus",
};

/** Each try to send, with its request and its answer. */
export function Sends({ opened }: { opened: OpenedDelivery }) {
  const t = texts.traffic.sends;
  if (opened.sends.length === 0) return <p className={styles.quiet}>{t.none}</p>;
  return (
    <>
      {opened.sends.map(({ record, path, request, answer, isDryRun }) => (
        <article
          key={`${record.outboxId}-${record.attempt}-${record.at}`}
          className={styles.decision}
          data-testid="traffic-send"
        >
          <header className={styles.decisionHead}>
            <span className={styles.sendState} data-state={isDryRun ? "dropped" : record.state}>
              <Icon name={isDryRun ? "minus" : ICON[record.state]} size={14} />
              {isDryRun ? t.dryRun : texts.sends[record.state]}
            </span>
            <code className="selectable">POST {path}</code>
            <span className={styles.quiet}>
              {record.attempt > 1 && `${t.attempt(record.attempt)} · `}
              {record.uncertain && `${t.uncertain} · `}
              <time title={hoverTime(record.at)}>{clockTime(record.at)}</time>
            </span>
          </header>
          {record.error && <p className={`${styles.error} selectable`}>{record.error.message}</p>}
          <h3 className={pane.section}>{t.request}</h3>
          <pre className={`${styles.json} selectable`}>{request}</pre>
          <h3 className={pane.section}>{t.answer}</h3>
          <Came record={record} isKnown={answer !== null} />
          {answer === null ? (
            <p className={styles.quiet}>{isDryRun ? t.answerDry : t.answerNone}</p>
          ) : (
            <pre className={`${styles.json} selectable`}>{answer}</pre>
          )}
        </article>
      ))}
    </>
  );
}

/** How an answer came: its status and Meta's number of it, or that these are not known. */
function Came({ record, isKnown }: { record: SendRecord; isKnown: boolean }) {
  const t = texts.traffic.sends;
  const answered = record.receipt?.answered ?? record.error?.answered;
  if (answered) {
    return (
      <p className={`${styles.quiet} selectable`} data-testid="traffic-answered">
        {t.status(answered.status)}
        {answered.trace && ` · ${t.traced(answered.trace)}`}
      </p>
    );
  }
  return isKnown ? <p className={styles.quiet}>{t.rebuilt}</p> : null;
}
