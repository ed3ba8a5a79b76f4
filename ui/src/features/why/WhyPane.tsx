import { useLooking, useOpened, usePerson } from "@/features/session/context";
import type { DecisionRecord, Person } from "@/host";
import { IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { Changes } from "./Changes";
import { DecisionView } from "./DecisionView";
import styles from "./Why.module.css";

/** Why: the decision behind the message in front, else the last one. */
export function WhyPane({ titled = true }: { titled?: boolean }) {
  const person = usePerson();
  const chosen = useLooking((looking) => looking.delivery);
  const choose = useLooking((looking) => looking.chooseDelivery);
  const decisions = person?.decisions ?? [];
  const index = shownIndex(decisions, chosen);
  const moment = useLooking((looking) => looking.moment);
  // A moment at which nothing was decided shows itself and not the latest decision.
  const silent = moment !== null && chosen === null;
  const record = silent ? undefined : decisions[index];
  const go = (to: number) => {
    const target = decisions[to];
    if (target) choose(to === decisions.length - 1 ? null : target.deliveryId);
  };

  return (
    <section className={styles.pane} aria-label={texts.why.title}>
      <header className={pane.head}>
        <h2 className={titled ? pane.title : "visually-hidden"}>{texts.why.title}</h2>
        {record && (
          <span className={styles.pager}>
            <IconButton
              small
              icon="left"
              label={texts.why.older}
              aria-keyshortcuts="["
              disabled={index <= 0}
              onClick={() => go(index - 1)}
            />
            <span className={styles.position}>
              {texts.why.position(index + 1, decisions.length)}
            </span>
            <IconButton
              small
              icon="right"
              label={texts.why.newer}
              aria-keyshortcuts="]"
              disabled={index >= decisions.length - 1}
              onClick={() => go(index + 1)}
            />
          </span>
        )}
      </header>
      {person && record ? (
        <Shown key={record.deliveryId} record={record} person={person} moment={moment} />
      ) : moment !== null ? (
        <div className={styles.body} data-testid="why">
          <Changes moment={moment} />
          <Silent moment={moment} />
        </div>
      ) : (
        <div className={pane.empty}>
          <strong>{texts.why.empty}</strong>
          <p>{texts.why.emptyHint}</p>
        </div>
      )}
    </section>
  );
}

/** Why there is no decision to be shown. */
function Silent({ moment }: { moment: number }) {
  const undone = useOpened((opened) => moment > opened.playback.position);
  const { changes } = texts.playback;
  return <p className={styles.quiet}>{undone ? changes.undone : changes.noDecision}</p>;
}

function Shown({
  record,
  person,
  moment,
}: {
  record: DecisionRecord;
  person: Person;
  moment: number | null;
}) {
  const automations = useOpened((opened) => opened.automations);
  return (
    <DecisionView record={record} person={person} automations={automations}>
      {moment !== null && <Changes moment={moment} />}
    </DecisionView>
  );
}

/** The place of the chosen decision; the last one when none is chosen. */
export function shownIndex(decisions: readonly DecisionRecord[], chosen: number | null): number {
  const found =
    chosen === null ? -1 : decisions.findIndex((record) => record.deliveryId === chosen);
  return found >= 0 ? found : decisions.length - 1;
}
