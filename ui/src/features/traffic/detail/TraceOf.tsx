import { StateMark } from "@/features/people/StateMark";
import { verdictSentence, weightOf } from "@/features/why/sentences";
import type { DecisionRecord, OpenedDelivery } from "@/host";
import { Icon } from "@/shared/Icon";
import { indented } from "@/shared/json";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import styles from "./Delivery.module.css";

/** Why each event led to what it did. */
export function TraceOf({ opened }: { opened: OpenedDelivery }) {
  const { decisions } = opened;
  if (decisions.length === 0) return <p className={styles.quiet}>{texts.traffic.trace.none}</p>;
  return (
    <>
      {decisions.map((record) => (
        <Decision key={record.index} record={record} of={decisions.length} />
      ))}
    </>
  );
}

function Decision({ record, of }: { record: DecisionRecord; of: number }) {
  const t = texts.traffic.trace;
  const { trace } = record.decision;
  const looked = trace.lookedAt ?? [];
  const before = trace.stateBefore ?? null;
  const after = trace.stateAfter ?? null;
  return (
    <article className={styles.decision} data-testid="traffic-decision">
      <header className={styles.decisionHead}>
        <b>{texts.kinds[record.event.kind]}</b>
        <code>{record.event.kind}</code>
        {of > 1 && <span className={styles.quiet}>{t.event(record.index + 1, of)}</span>}
      </header>
      <p className={styles.reason} data-weight={weightOf(trace.reason)}>
        {texts.reasons[trace.reason]}
      </p>
      <p className="selectable">{trace.summary}</p>
      <p className={styles.states}>
        <StateMark awaiting={before} />
        {before === after ? (
          <span className={styles.quiet}>{texts.why.unchanged}</span>
        ) : (
          <>
            <Icon name="arrow" size={14} label="→" />
            <StateMark awaiting={after} />
          </>
        )}
      </p>
      <h3 className={pane.section}>{t.lookedAt}</h3>
      {looked.length === 0 ? (
        <p className={styles.quiet}>{t.lookedAtNone}</p>
      ) : (
        <ul className={styles.looked}>
          {looked.map((each) => {
            const matched = each.verdict.verdict === "matched";
            return (
              <li key={each.automationId} data-matched={matched || undefined}>
                <Icon name={matched ? "check" : "minus"} size={14} className={styles.mark} />
                <span>
                  <b>{each.name}</b>{" "}
                  <span className="selectable">{verdictSentence(each.verdict)}</span>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {(trace.notListed ?? 0) > 0 && (
        <p className={styles.quiet}>{t.notListed(trace.notListed ?? 0)}</p>
      )}
      <h3 className={pane.section}>{t.fields}</h3>
      <pre className={`${styles.json} selectable`}>{indented(JSON.stringify(record.event))}</pre>
    </article>
  );
}
