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
  Message,
  OutboxState,
  StepName,
  Steps,
  UserState,
  WhenExhausted,
} from "@/host";

/** The order of a conversation (the design, "What the automations do"). */
export const STEP_ORDER: readonly StepName[] = [
  "public_reply",
  "reaction",
  "opening",
  "follow",
  "email",
  "main",
];

export type StepStatus = "ahead" | "current" | "passed" | "skipped" | "off";

export interface Gate {
  awaiting: Awaiting;
  lit: boolean;
  /** How often it has asked; null while it is not lit. */
  asked: number | null;
  mostAsks: number | null;
  whenExhausted: WhenExhausted | null;
  expiresAt: number | null;
  verified: boolean;
}

export interface FlowStep {
  name: StepName;
  status: StepStatus;
  /** What it says, one entry a message or text. */
  says: readonly Message[];
  /** For the public reply: how many texts there are to choose from. */
  oneOf: number | null;
  delaySeconds: number;
  /** How the last sends of a step that was run stand; null while none is under way. */
  send: OutboxState | "queued" | null;
  gate: Gate | null;
}

export type RunOutcome = "none" | "running" | "finished" | "gave_up" | "expired" | "left";

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
  if (last.decision.state === "keep" || typeof last.decision.state === "object") {
    if (!last.decision.trace.stateAfter) return "finished";
    const later = decisions.slice(decisions.indexOf(last) + 1);
    const other = later.some(
      ({ decision }) =>
        decision.trace.automationId && decision.trace.automationId !== automation.id,
    );
    return other ? "left" : "expired";
  }
  return "finished";
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
    effect.automation_id === automationId && stepBehind(effect) === name;
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
  return (effects ?? []).filter((effect) => effect.automation_id === automationId).map(stepBehind);
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

function stepIn(steps: Steps | undefined, name: StepName) {
  switch (name) {
    case "public_reply":
      return steps?.publicReply;
    case "reaction":
      return steps?.reaction;
    case "opening":
      return steps?.opening;
    case "follow":
      return steps?.follow;
    case "email":
      return steps?.email;
    case "main":
      return steps?.main;
  }
}

function isPresent(steps: Steps | undefined, name: StepName): boolean {
  return Boolean(stepIn(steps, name));
}

function isEnabled(steps: Steps | undefined, name: StepName): boolean {
  const step = stepIn(steps, name);
  return Boolean(step) && step?.enabled !== false;
}

function contentOf(
  steps: Steps | undefined,
  name: StepName,
): Pick<FlowStep, "says" | "oneOf" | "delaySeconds"> {
  const none = { says: [], oneOf: null, delaySeconds: 0 };
  switch (name) {
    case "public_reply": {
      const texts = steps?.publicReply?.texts ?? [];
      return {
        says: texts.slice(0, 1).map((text) => ({ type: "text", text })),
        oneOf: texts.length > 1 ? texts.length : null,
        delaySeconds: 0,
      };
    }
    case "reaction": {
      const reaction = steps?.reaction?.reaction;
      return {
        ...none,
        says: reaction ? [{ type: "text", text: reaction === "love" ? "❤️" : reaction }] : [],
      };
    }
    case "opening":
    case "follow": {
      const step = name === "opening" ? steps?.opening : steps?.follow;
      if (!step) return none;
      return {
        says: [{ type: "buttons", text: step.text, buttons: [{ title: step.button, step: name }] }],
        oneOf: null,
        delaySeconds: step.delaySeconds ?? 0,
      };
    }
    case "email": {
      const step = steps?.email;
      if (!step) return none;
      return {
        says: [{ type: "text", text: step.text }],
        oneOf: null,
        delaySeconds: step.delaySeconds ?? 0,
      };
    }
    case "main":
      return {
        says: steps?.main?.messages ?? [],
        oneOf: null,
        delaySeconds: steps?.main?.delaySeconds ?? 0,
      };
  }
}

function gateOf(steps: Steps | undefined, name: StepName, here: UserState | null): Gate | null {
  const gate = (
    awaiting: Awaiting,
    asks: { mostAsks?: number; whenExhausted?: WhenExhausted; verify?: boolean } | null | undefined,
  ): Gate => {
    const lit = here?.state === awaiting;
    return {
      awaiting,
      lit,
      asked: lit ? (here.asked ?? 1) : null,
      mostAsks: asks ? (asks.mostAsks ?? 3) : null,
      whenExhausted: asks ? (asks.whenExhausted ?? "end") : null,
      expiresAt: lit ? here.expiresAt : null,
      verified: asks?.verify === true,
    };
  };
  switch (name) {
    case "opening":
      return gate("awaiting_opening_response", null);
    case "follow":
      return gate("awaiting_follow_confirmation", steps?.follow);
    case "email":
      return gate("awaiting_email", steps?.email);
    case "public_reply":
    case "reaction":
    case "main":
      return null;
  }
}
