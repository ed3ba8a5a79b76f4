/** What stands on the canvas, by name, and which part of the document it shows. */

import type { Automation, StepName } from "@/host";
import { getAt } from "./path";
import { STEP_FIELD, STEP_NAMES } from "./steps";

/** `trigger`, `step-email`, `message-0`, `card-0-2`: what can be selected and edited. */
export type NodeId = string;

export type Place =
  | { kind: "trigger" }
  | { kind: "step"; step: StepName }
  | { kind: "message"; message: number }
  | { kind: "card"; message: number; card: number };

export const TRIGGER: NodeId = "trigger";
export const stepNode = (step: StepName): NodeId => `step-${step}`;
export const messageNode = (message: number): NodeId => `message-${message}`;
export const cardNode = (message: number, card: number): NodeId => `card-${message}-${card}`;

export function placeOf(id: NodeId): Place | null {
  if (id === TRIGGER) return { kind: "trigger" };
  const [kind, first = "", second = ""] = id.split("-");
  const message = Number(first);
  switch (kind) {
    case "step": {
      const step = STEP_NAMES.find((name) => name === first);
      return step ? { kind, step } : null;
    }
    case "message":
      return Number.isInteger(message) ? { kind, message } : null;
    case "card":
      return { kind, message, card: Number(second) };
    default:
      return null;
  }
}

/** Where in the document a node's part is. */
export function pathOf(id: NodeId): string {
  const place = placeOf(id);
  switch (place?.kind) {
    case "step":
      return `steps.${STEP_FIELD[place.step]}`;
    case "message":
      return messagePath(place.message);
    case "card":
      return `${messagePath(place.message)}.cards.${place.card}`;
    default:
      return "trigger";
  }
}

export function messagePath(message: number): string {
  return `steps.main.messages.${message}`;
}

function exists(automation: Automation, id: NodeId): boolean {
  return id === TRIGGER || Boolean(placeOf(id) && getAt(automation, pathOf(id)));
}

/** The node that shows what a path is about. What is about no step is the trigger's. */
export function nodeAt(automation: Automation, path: string | null | undefined): NodeId {
  const match = /^steps\.(\w+)(?:\.messages\.(\d+)(?:\.cards\.(\d+))?)?/.exec(path ?? "");
  const [, field, message, card] = match ?? [];
  // A path names a step by its field; what is about a step as a whole may use its name.
  const step = STEP_NAMES.find((name) => name === field || STEP_FIELD[name] === field);
  if (!step) return TRIGGER;
  const ids = [
    message && card ? cardNode(Number(message), Number(card)) : null,
    message ? messageNode(Number(message)) : null,
    stepNode(step),
  ];
  return ids.find((id) => id !== null && exists(automation, id)) ?? TRIGGER;
}

/** Everything that can be selected, from top to bottom. */
export function nodesOf(automation: Automation): NodeId[] {
  const ids: NodeId[] = [TRIGGER];
  for (const step of STEP_NAMES) {
    if (!exists(automation, stepNode(step))) continue;
    ids.push(stepNode(step));
    if (step !== "main") continue;
    automation.steps?.main?.messages.forEach((message, at) => {
      ids.push(messageNode(at));
      if (message.type !== "carousel") return;
      message.cards.forEach((_, card) => {
        ids.push(cardNode(at, card));
      });
    });
  }
  return ids;
}

/** What is selected once this is no more: its neighbour, else what it belonged to. */
export function nearest(automation: Automation, id: NodeId | null): NodeId | null {
  if (id === null || exists(automation, id)) return id;
  const place = placeOf(id);
  switch (place?.kind) {
    case "card": {
      const own = automation.steps?.main?.messages[place.message];
      const cards = own?.type === "carousel" ? own.cards.length : 0;
      return cards > 0
        ? cardNode(place.message, cards - 1)
        : nearest(automation, messageNode(place.message));
    }
    case "message": {
      const messages = automation.steps?.main?.messages.length ?? 0;
      return messages > 0 ? messageNode(messages - 1) : nearest(automation, stepNode("main"));
    }
    case "step": {
      const before = STEP_NAMES.slice(0, STEP_NAMES.indexOf(place.step));
      const step = before.findLast((name) => exists(automation, stepNode(name)));
      return step ? stepNode(step) : TRIGGER;
    }
    default:
      return TRIGGER;
  }
}
