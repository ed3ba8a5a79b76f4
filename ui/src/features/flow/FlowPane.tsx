import { useMemo } from "react";
import { firstName } from "@/features/people/names";
import { useLooking, useOpened, usePerson } from "@/features/session/context";
import { useMoment } from "@/features/session/moment";
import { allStandings } from "@/features/why/sends";
import type { Automation, AutomationType, Person } from "@/host";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Flow.module.css";
import { FlowDiagram } from "./FlowDiagram";
import { automationInFront, flowOf } from "./model";
import { type Standing, standingAfter } from "./then";

const TYPES: readonly AutomationType[] = [
  "dm_automation",
  "story_reply_flow",
  "comment_reply_flow",
];

/** Where the person in front stood, or stands. */
interface Looked extends Standing {
  /** A line that says of when it is, and when that was; null: of now. */
  line: { says: string; at: number } | null;
  /** Whether it is known what ran by then. */
  known: boolean;
}

/**
 * The state machine of what is running, or of any automation that is picked; of then, when
 * a moment of the past is chosen.
 */
export function FlowPane({ titled = true }: { titled?: boolean }) {
  const person = usePerson();
  const automations = useOpened((opened) => opened.automations);
  const order = useOpened((opened) => opened.automationOrder);
  const picked = useLooking((looking) => looking.automation);
  const shown = useShown(person);
  const running = automationInFront(shown.state, shown.decisions);
  // Before anything ran: the first of the direct messages, where a newcomer begins.
  const active =
    order.find((id) => automations[id]?.isActive && automations[id].type === TYPES[0]) ??
    order.find((id) => automations[id]?.isActive) ??
    order[0];
  const id = [picked, running, active].find((each) => each && automations[each]);
  const automation = id ? automations[id] : undefined;

  return (
    <section className={styles.pane} aria-label={texts.flow.title}>
      <header className={pane.head}>
        <h2 className={titled ? pane.title : "visually-hidden"}>{texts.flow.title}</h2>
        <AutomationPicker
          automations={order.flatMap((each) => automations[each] ?? [])}
          running={running ? automations[running] : undefined}
          then={shown.line !== null}
        />
      </header>
      {shown.line && (
        <p className={styles.then} title={hoverTime(shown.line.at)} data-testid="flow-then">
          <Icon name="clock" size={12} />
          {shown.line.says}
        </p>
      )}
      {automation ? (
        <Shown key={automation.id} automation={automation} shown={shown} />
      ) : (
        <div className={pane.empty}>
          <strong>{texts.flow.none}</strong>
          <p>{texts.flow.noneHint}</p>
        </div>
      )}
    </section>
  );
}

const NOTHING: Omit<Standing, "at"> = { state: null, decisions: [], conversation: [] };

/** How the person stood after the moment that is chosen; the last one is how they stand now. */
function useShown(person: Person | null): Looked {
  const now = useOpened((opened) => opened.now);
  const { moments, position } = useOpened((opened) => opened.playback);
  const chosen = useLooking((looking) => looking.moment);
  const detail = useMoment(chosen === position ? null : chosen);
  return useMemo(() => {
    if (!person) return { ...NOTHING, at: now, line: null, known: true };
    const { state, decisions, conversation } = person;
    if (!detail) return { state, decisions, conversation, at: now, line: null, known: true };
    const then = standingAfter(detail, moments, person, now);
    const name = firstName(person.name);
    const { number, at } = detail.moment;
    if (then) {
      const says = texts.flow.thenAt(name, shortTime(at));
      return { ...then, line: { says, at }, known: true };
    }
    const says = number > position ? texts.flow.thenUndone(name) : texts.flow.thenUnknown(name);
    return { ...NOTHING, at: now, line: { says, at }, known: false };
  }, [person, detail, moments, position, now]);
}

function Shown({ automation, shown }: { automation: Automation; shown: Looked }) {
  const person = usePerson();
  const { state, decisions, conversation, at, line, known } = shown;
  const flow = useMemo(
    () => flowOf(automation, state, decisions, allStandings(decisions, conversation)),
    [automation, state, decisions, conversation],
  );
  const name = firstName(person?.name ?? "");
  const status =
    flow.outcome === "none"
      ? line !== null
        ? texts.flow.hadNotRun
        : automation.isActive
          ? texts.flow.idle
          : texts.flow.isOff
      : flow.outcome === "running"
        ? line !== null
          ? texts.flow.wasRunning(name)
          : texts.flow.running(name)
        : texts.flow.lastRun(name);
  return (
    <section
      className={styles.body}
      aria-label={automation.name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than the pane is scrolled with the keyboard too.
      tabIndex={0}
      data-testid="flow"
      data-automation={automation.id}
    >
      <div className={styles.head}>
        <h3 className={styles.name}>{automation.name}</h3>
        {!automation.isActive && <span className={styles.off}>{texts.flow.off}</span>}
        {known && <p className={styles.status}>{status}</p>}
      </div>
      <FlowDiagram automation={automation} flow={flow} now={at} />
    </section>
  );
}

function AutomationPicker({
  automations,
  running,
  then,
}: {
  automations: readonly Automation[];
  running: Automation | undefined;
  then: boolean;
}) {
  const picked = useLooking((looking) => looking.automation);
  const pick = useLooking((looking) => looking.chooseAutomation);
  return (
    <select
      className={`${field.select} ${styles.picker}`}
      aria-label={texts.flow.pick}
      data-testid="flow-picker"
      value={picked ?? ""}
      onChange={(event) => pick(event.target.value || null)}
    >
      <option value="">
        {running ? texts.flow[then ? "thenNamed" : "followNamed"](running.name) : texts.flow.follow}
      </option>
      {TYPES.map((type) => {
        const own = automations.filter((automation) => automation.type === type);
        if (own.length === 0) return null;
        return (
          <optgroup key={type} label={texts.automationTypes[type]}>
            {own.map((automation) => (
              <option key={automation.id} value={automation.id}>
                {automation.isActive ? automation.name : `${automation.name} (${texts.flow.off})`}
              </option>
            ))}
          </optgroup>
        );
      })}
    </select>
  );
}
