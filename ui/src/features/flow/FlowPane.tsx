import { useMemo } from "react";
import { firstName } from "@/features/people/names";
import { useLooking, useOpened, usePerson } from "@/features/session/context";
import { allStandings } from "@/features/why/sends";
import type { Automation, AutomationType } from "@/host";
import field from "@/shared/Field.module.css";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import styles from "./Flow.module.css";
import { FlowDiagram } from "./FlowDiagram";
import { automationInFront, flowOf } from "./model";

const TYPES: readonly AutomationType[] = [
  "dm_automation",
  "story_reply_flow",
  "comment_reply_flow",
];

/** The state machine of what is running, or of any automation that is picked. */
export function FlowPane({ titled = true }: { titled?: boolean }) {
  const person = usePerson();
  const automations = useOpened((opened) => opened.automations);
  const order = useOpened((opened) => opened.automationOrder);
  const picked = useLooking((looking) => looking.automation);
  const running = person ? automationInFront(person.state, person.decisions) : null;
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
        />
      </header>
      {automation ? (
        <Shown key={automation.id} automation={automation} />
      ) : (
        <div className={pane.empty}>
          <strong>{texts.flow.none}</strong>
          <p>{texts.flow.noneHint}</p>
        </div>
      )}
    </section>
  );
}

function Shown({ automation }: { automation: Automation }) {
  const person = usePerson();
  const now = useOpened((opened) => opened.now);
  const flow = useMemo(
    () =>
      flowOf(
        automation,
        person?.state ?? null,
        person?.decisions ?? [],
        allStandings(person?.decisions ?? [], person?.conversation ?? []),
      ),
    [automation, person?.state, person?.decisions, person?.conversation],
  );
  const status =
    flow.outcome === "none"
      ? automation.isActive
        ? texts.flow.idle
        : texts.flow.isOff
      : flow.outcome === "running"
        ? texts.flow.running(firstName(person?.name ?? ""))
        : texts.flow.lastRun(firstName(person?.name ?? ""));
  return (
    <div className={styles.body} data-testid="flow" data-automation={automation.id}>
      <div className={styles.head}>
        <h3 className={styles.name}>{automation.name}</h3>
        {!automation.isActive && <span className={styles.off}>{texts.flow.off}</span>}
        <p className={styles.status}>{status}</p>
      </div>
      <FlowDiagram automation={automation} flow={flow} now={now} />
    </div>
  );
}

function AutomationPicker({
  automations,
  running,
}: {
  automations: readonly Automation[];
  running: Automation | undefined;
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
      <option value="">{running ? texts.flow.followNamed(running.name) : texts.flow.follow}</option>
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
