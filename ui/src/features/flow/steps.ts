/** What an automation's document says of each step: whether it is there, and what it says. */

import type { Awaiting, Message, StepName, Steps, UserState, WhenExhausted } from "@/host";

/** The order of a conversation (the design, "What the automations do"). */
export const STEP_ORDER: readonly StepName[] = [
  "public_reply",
  "reaction",
  "opening",
  "follow",
  "email",
  "main",
];

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

export interface StepContent {
  /** What it says, one entry a message or text. */
  says: readonly Message[];
  /** For the public reply: how many texts there are to choose from. */
  oneOf: number | null;
  delaySeconds: number;
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

export function isPresent(steps: Steps | undefined, name: StepName): boolean {
  return Boolean(stepIn(steps, name));
}

export function isEnabled(steps: Steps | undefined, name: StepName): boolean {
  const step = stepIn(steps, name);
  return Boolean(step) && step?.enabled !== false;
}

export function contentOf(steps: Steps | undefined, name: StepName): StepContent {
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

export function gateOf(
  steps: Steps | undefined,
  name: StepName,
  here: UserState | null,
): Gate | null {
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
