/**
 * The state machine of one automation, as one person stands in it: a pure function of
 * the automation, the person's state and the decisions so far.
 */

import type { Standings } from "@/features/why/sends";
import type {
  Automation,
  Awaiting,
  DecisionRecord,
  Effect,
  OutboxState,
  StepName,
  UserState,
} from "@/host";
import type { Gate, StepContent } from "./steps";
import { contentOf, gateOf, isEnabled, isPresent, STEP_ORDER } from "./steps";

export type StepStatus = "ahead" | "current" | "passed" | "skipped" | "off";

export interface FlowStep extends StepContent {
  name: StepName;
  status: StepStatus;
  /** How the last sends of a step that was run stand; null while none is under way. */
  send: OutboxState | "queued" | null;
  gate: Gate | null;
}

/** How the last run stands: `left` for another automation, `stopped` by what was said. */
export type RunOutcome =
  | "none"
  | "running"
  | "finished"
  | "gave_up"
  | "expired"
  | "left"
  | "unsubscribed"
  | "stopped";

export interface Flow {
  steps: readonly FlowStep[];
  outcome: RunOutcome;
}

export function flowOf(
  automation: Automation,
  state: UserState | null,
  decisions: readonly DecisionRecord[],
  standings: Standings,
): Flow {
  const here = state?.automationId === automation.id ? state : null;
  const run = lastRun(automation.id, decisions);
  const sent = new Set(run.flatMap(({ decision }) => sentSteps(decision.effects, automation.id)));
  const outcome = outcomeOf(automation, here, run, decisions);
  const awaited = here ? stepOf(here.state) : null;
  const present = STEP_ORDER.filter((name) => isPresent(automation.steps, name));
  // How far the run has come: everything before that and not sent was passed over.
  const reached = Math.max(
    ...present.map((name, index) => (sent.has(name) || name === awaited ? index : -1)),
    -1,
  );
  const steps = present.map((name, index): FlowStep => {
    const enabled = isEnabled(automation.steps, name);
    const status: StepStatus = !enabled
      ? "off"
      : name === awaited
        ? "current"
        : sent.has(name)
          ? "passed"
          : index < reached
            ? "skipped"
            : "ahead";
    return {
      name,
      status,
      ...contentOf(automation.steps, name),
      send: sendOf(name, automation.id, run, standings),
      gate: enabled ? gateOf(automation.steps, name, here) : null,
    };
  });
  return { steps, outcome };
}

/** The automation that is running for a person, else the one that ran last. */
export function automationInFront(
  state: UserState | null,
  decisions: readonly DecisionRecord[],
): string | null {
  return (
    state?.automationId ??
    decisions.findLast(({ decision }) => decision.trace.automationId)?.decision.trace
      .automationId ??
    null
  );
}

/** The decisions of an automation since it last started. */
function lastRun(automationId: string, decisions: readonly DecisionRecord[]): DecisionRecord[] {
  const own = decisions.filter(({ decision }) => decision.trace.automationId === automationId);
  const start = own.findLastIndex(({ decision }) => decision.trace.reason === "started");
  return start >= 0 ? own.slice(start) : own;
}

function outcomeOf(
  automation: Automation,
  here: UserState | null,
  run: readonly DecisionRecord[],
  decisions: readonly DecisionRecord[],
): RunOutcome {
  if (here) return "running";
  const last = run.at(-1);
  if (!last) return "none";
  if (last.decision.trace.reason === "gave_up") return "gave_up";
  if (!last.decision.trace.stateAfter) return "finished";
  // Something was awaited, and is no more: what came afterwards says why.
  const later = decisions.slice(decisions.indexOf(last) + 1).map(({ decision }) => decision);
  if (later.some(({ trace }) => trace.automationId && trace.automationId !== automation.id)) {
    return "left";
  }
  const cleared = later.find(({ state }) => state === "clear");
  if (!cleared) return "expired";
  return cleared.trace.reason === "unsubscribed" ? "unsubscribed" : "stopped";
}

/** From good to bad: a step is as its worst send. */
const WORSE: readonly (OutboxState | "queued")[] = [
  "sent",
  "queued",
  "retrying",
  "unknown",
  "dropped",
  "failed",
];

/** How the sends of a step stand in the last decision that ran it. */
function sendOf(
  name: StepName,
  automationId: string,
  run: readonly DecisionRecord[],
  standings: Standings,
): FlowStep["send"] {
  const own = ({ effect }: { effect: Effect }) =>
    effect.automationId === automationId && stepBehind(effect) === name;
  const record = run.findLast((each) => standings.get(each)?.some(own));
  const states = (record ? (standings.get(record) ?? []) : [])
    .filter(own)
    .map(({ state }) => state ?? "queued");
  return states.reduce<FlowStep["send"]>(
    (worst, state) =>
      worst === null || WORSE.indexOf(state) > WORSE.indexOf(worst) ? state : worst,
    null,
  );
}

function sentSteps(effects: readonly Effect[] | undefined, automationId: string): StepName[] {
  return (effects ?? []).filter((effect) => effect.automationId === automationId).map(stepBehind);
}

function stepBehind(effect: Effect): StepName {
  switch (effect.effect) {
    case "send":
      return effect.step;
    case "reply_to_comment":
      return "public_reply";
    case "react":
      return "reaction";
  }
}

/** The step that asked. */
export function stepOf(awaiting: Awaiting): StepName {
  switch (awaiting) {
    case "awaiting_opening_response":
      return "opening";
    case "awaiting_follow_confirmation":
      return "follow";
    case "awaiting_email":
      return "email";
  }
}
