import type { Answered, Comparison, DeliveryOutcome, FirstAnswer, Replayed } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { micros } from "@/shared/time";
import { texts } from "@/texts";
import { useTrafficStore } from "../context";
import styles from "./Compose.module.css";

/** What came of a delivery that was sent, beside what came of the first one. */
export function OutcomeOf({ replayed }: { replayed: Replayed }) {
  const store = useTrafficStore();
  const t = texts.traffic.outcome;
  const { answered, comparison, outcome, deliveryId, notCompared } = replayed;
  return (
    <section className={styles.outcome} data-testid="compose-outcome">
      <h3 className={pane.section}>{texts.traffic.compose.sent}</h3>
      {answered && (
        <>
          <p
            className={styles.verdict}
            data-good={answered.status < 300 || undefined}
            data-testid="compose-answered"
          >
            <Icon name={answered.status < 300 ? "check" : "warning"} size={14} />
            <b>{t.answered(answered.status, answered.phrase)}</b>
            <span className={styles.quiet}>{micros(answered.micros)}</span>
          </p>
          {deliveryId === null && replayed.original !== null ? (
            <Answers now={answered} first={replayed.firstAnswer} />
          ) : (
            answered.body !== "" && (
              <pre className={`${styles.answer} selectable`}>{answered.body}</pre>
            )
          )}
        </>
      )}
      {comparison && comparison.lines.length > 0 ? (
        <Compared comparison={comparison} />
      ) : (
        outcome && <Plain outcome={outcome} />
      )}
      {notCompared !== null && t.notCompared[notCompared] !== "" && (
        <p className={styles.quiet} data-testid="compose-not-compared">
          {t.notCompared[notCompared]}
        </p>
      )}
      {deliveryId !== null && (
        <Button
          icon="arrow"
          data-testid="compose-open"
          onClick={() =>
            void store.getState().open({ number: 0, delivery: deliveryId, index: null })
          }
        >
          {t.open}
        </Button>
      )}
    </section>
  );
}

/** What another server answered, beside what this window's listener had answered first. */
function Answers({ now, first }: { now: Answered; first: FirstAnswer | null }) {
  const t = texts.traffic.outcome;
  const rows = [
    { what: t.status, before: first?.status, after: now.status },
    { what: t.took, before: first?.micros && micros(first.micros), after: micros(now.micros) },
    { what: t.body, before: first?.body, after: now.body },
  ];
  return (
    <>
      <table className={styles.compared} data-testid="compose-answers">
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.firstAnswer}</th>
            <th scope="col">{t.itsAnswer}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ what, before, after }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td className="selectable">{before || t.absent}</td>
              <td className="selectable">{after || t.absent}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {first === null && <p className={styles.quiet}>{t.firstAnswerNone}</p>}
    </>
  );
}

function Compared({ comparison }: { comparison: Comparison }) {
  const t = texts.traffic.outcome;
  return (
    <>
      <p className={styles.verdict} data-good={comparison.same || undefined}>
        <Icon name={comparison.same ? "check" : "warning"} size={14} />
        <b data-testid="compose-verdict">{comparison.same ? t.same : t.different}</b>
      </p>
      <table className={styles.compared}>
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.before}</th>
            <th scope="col">{t.after}</th>
          </tr>
        </thead>
        <tbody>
          {comparison.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines never move.
            <tr key={index} data-same={line.same} data-testid="compared">
              <th scope="row">{line.what}</th>
              <td className="selectable">{line.before ?? t.absent}</td>
              <td className="selectable">
                {line.after ?? t.absent}
                {!line.same && <span className="visually-hidden"> ({t.isOther})</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Plain({ outcome }: { outcome: DeliveryOutcome }) {
  if (outcome.events.length === 0) {
    return <p className={styles.quiet}>{texts.traffic.outcome.none}</p>;
  }
  return (
    <ol className={styles.plain}>
      {outcome.events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the events never move.
        <li key={index}>
          <p className="selectable">
            <b>{texts.kinds[event.kind]}</b> {event.summary}
          </p>
          {event.sends.map((send, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the sends never move.
            <p key={place} className={`${styles.quiet} selectable`}>
              {send.what}: {send.text} ({send.state ?? texts.traffic.results.sending})
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}
