import { useMemo } from "react";
import { useEditing } from "@/features/builder/editing";
import { ConversationPane } from "@/features/conversation/ConversationPane";
import { suggestionsFor } from "@/features/conversation/suggestions";
import { useBuilder, useDrafting, useEntries, useFindings } from "@/features/library/context";
import {
  useLooking,
  useNavigation,
  useOpened,
  usePerson,
  useSession,
} from "@/features/session/context";
import type { Person } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import styles from "./BuilderTry.module.css";

/** A simulated person talks to what is on the canvas. */
export function BuilderTry() {
  const people = useOpened((opened) => opened.people);
  const order = useOpened((opened) => opened.peopleOrder);
  const person = usePerson();
  const choose = useLooking((looking) => looking.choosePerson);
  const { editing } = useBuilder();
  const draft = useEditing(editing, (state) => state.draft);
  return (
    <div className={styles.try} data-testid="try">
      <div className={styles.who}>
        <div className={styles.row}>
          <select
            className={field.select}
            aria-label={texts.people.title}
            value={person?.id ?? ""}
            data-testid="try-person"
            onChange={(event) => choose(event.target.value)}
          >
            {order.map((each) => (
              <option key={each} value={each}>
                {people[each]?.name}
              </option>
            ))}
          </select>
          {person && person.conversation.length > 0 && <Begin person={person} />}
        </div>
        <Standing person={person} />
      </div>
      <div className={styles.conversation}>
        <ConversationPane about={draft} />
      </div>
    </div>
  );
}

/** Sets the automation off once more, in a conversation that goes on. */
function Begin({ person }: { person: Person }) {
  const { editing } = useBuilder();
  const draft = useEditing(editing, (state) => state.draft);
  const media = useOpened((opened) => opened.media);
  const act = useSession((session) => session.act);
  const first = useMemo(
    () => suggestionsFor(person.id, [], Object.values(media), draft)[0],
    [person.id, media, draft],
  );
  if (!first) return null;
  return (
    <Button
      icon="play"
      title={first.label}
      data-testid="try-begin"
      onClick={() => void act(first.action)}
    >
      {texts.library.tryAgain}
    </Button>
  );
}

/** What people meet here, and where it is something else than what is on the canvas, why. */
function Standing({ person }: { person: Person | null }) {
  const { editing } = useBuilder();
  const open = useNavigation((navigation) => navigation.openAutomation);
  const draft = useEditing(editing, (state) => state.draft);
  const entries = useEntries();
  const findings = useFindings();
  const failing = useDrafting((state) => state.saving === "failed");
  const entry = entries.find((each) => each.id === draft?.id);
  const broken =
    failing ||
    findings.some(
      ({ automationId, severity, code }) =>
        automationId === draft?.id && severity === "error" && code !== "never_fires",
    );
  const acted = person?.decisions.findLast(({ decision }) => decision.trace.automationId);
  const other = entries.find(
    (each) => each.id === acted?.decision.trace.automationId && each.id !== draft?.id,
  );
  if (broken) return <p className={styles.warning}>{texts.library.tryOld}</p>;
  if (entry && !entry.isActive) return <p className={styles.warning}>{texts.library.tryOff}</p>;
  if (other) {
    return (
      <p className={styles.hint} data-testid="try-other">
        {texts.library.tryOther(other.name)}{" "}
        <button type="button" className={styles.open} onClick={() => open(other.id)}>
          {texts.library.openOther}
        </button>
      </p>
    );
  }
  return <p className={styles.hint}>{texts.library.tryDraft}</p>;
}
