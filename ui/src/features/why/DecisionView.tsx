import { type ReactNode, useMemo } from "react";
import { StateMark } from "@/features/people/StateMark";
import type { Automation, ContactChange, DecisionRecord, Person } from "@/host";
import { quotesApart } from "@/shared/bidi";
import { Icon } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { clockTime, exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { Effects } from "./Effects";
import { NOTHING, Nothing } from "./Nothing";
import { RawWebhook } from "./RawWebhook";
import { Reads } from "./Reads";
import { allStandings } from "./sends";
import { verdictSentence, weightOf } from "./sentences";
import styles from "./Why.module.css";

interface DecisionViewProps {
  record: DecisionRecord;
  person: Person;
  automations: Readonly<Record<string, Automation>>;
  /** What stands above it. */
  children?: ReactNode;
}

/** One decision from its reason down to the webhook that asked for it. */
export function DecisionView({ record, person, automations, children }: DecisionViewProps) {
  const { trace } = record.decision;
  const looked = trace.lookedAt ?? [];
  const notes = trace.notes ?? [];
  const effects = useMemo(
    () => allStandings(person.decisions, person.conversation).get(record) ?? [],
    [record, person.decisions, person.conversation],
  );
  const contact = contactWords(record.decision.contact);

  return (
    <div className={styles.body} data-testid="why">
      {children}
      <div className={styles.top}>
        <span className={styles.kind}>{texts.kinds[trace.kind]}</span>
        <code className={styles.code}>{trace.kind}</code>
        <time className={styles.time} title={hoverTime(trace.at)}>
          {clockTime(trace.at)}
        </time>
      </div>
      <p className={styles.reason} data-weight={weightOf(trace.reason)}>
        {texts.reasons[trace.reason]}
      </p>
      <p className={`${styles.summary} selectable`} data-testid="why-summary">
        {quotesApart(trace.summary)}
      </p>
      {NOTHING.has(trace.reason) && <Nothing key={record.deliveryId} record={record} />}

      <h3 className={pane.section}>{texts.why.state}</h3>
      <p className={styles.states}>
        <StateMark awaiting={trace.stateBefore} />
        {(trace.stateBefore ?? null) === (trace.stateAfter ?? null) ? (
          texts.why.unchanged
        ) : (
          <>
            <Icon name="arrow" size={14} label="→" />
            <StateMark awaiting={trace.stateAfter} />
          </>
        )}
      </p>

      <h3 className={pane.section}>{texts.why.lookedAt}</h3>
      {looked.length === 0 ? (
        <p className={styles.quiet}>
          {trace.stateBefore ? texts.why.lookedAtAwaited : texts.why.lookedAtNone}
        </p>
      ) : (
        <ul className={styles.looked}>
          {looked.map((each) => {
            const matched = each.verdict.verdict === "matched";
            return (
              <li key={each.automationId} className={matched ? styles.matched : undefined}>
                <Icon name={matched ? "check" : "minus"} size={14} />
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
        <p className={styles.quiet}>{texts.why.notListed(trace.notListed ?? 0)}</p>
      )}

      {notes.length > 0 && (
        <>
          <h3 className={pane.section}>{texts.why.notes}</h3>
          <ul className={styles.notes}>
            {notes.map((note) => (
              <li key={note} className="selectable">
                {note}
              </li>
            ))}
          </ul>
        </>
      )}

      <h3 className={pane.section}>{texts.why.effects}</h3>
      <Effects effects={effects} automations={automations} />

      {contact.length > 0 && (
        <>
          <h3 className={pane.section}>{texts.why.contact}</h3>
          <ul className={styles.notes}>
            {contact.map(({ words, at }) => (
              <li
                key={words}
                className="selectable"
                title={at === undefined ? undefined : hoverTime(at)}
              >
                {words}
              </li>
            ))}
          </ul>
        </>
      )}

      <h3 className={pane.section}>{texts.why.reads}</h3>
      <Reads reads={trace.reads ?? []} />

      <RawWebhook delivery={record.deliveryId} />
    </div>
  );
}

/** A sentence, and the time in it where there is one. */
interface Learnt {
  words: string;
  at?: number;
}

/** What was learnt about the contact, as sentences. When it wrote is not among them. */
function contactWords(change: ContactChange | undefined): Learnt[] {
  if (!change) return [];
  const learnt: Learnt[] = [];
  if (change.email) learnt.push({ words: texts.why.contactEmail(change.email) });
  if (typeof change.follows === "boolean") {
    learnt.push({ words: texts.why.contactFollows(change.follows) });
  }
  if (typeof change.unsubscribed === "boolean") {
    learnt.push({ words: texts.why.contactUnsubscribed(change.unsubscribed) });
  }
  if (change.silencedUntil) {
    const at = change.silencedUntil;
    learnt.push({ words: texts.why.contactSilenced(exactTime(at)), at });
  }
  return learnt;
}
