/** Edits of a document: pure functions from one automation to the next. */

import type { Automation, AutomationType, Message, StepName } from "@/host";
import type { FieldEdit } from "../contract";
import { newCard, newMessage, newStep } from "./defaults";
import { messagePath, type NodeId, pathOf, placeOf, stepNode } from "./nodes";
import { getAt, isRecord, removeAt, setAt } from "./path";
import { fits, STEP_FIELD, STEP_NAMES } from "./steps";

/** The steps that the type may have and the document has not, in their order. */
export function missingSteps(automation: Automation): StepName[] {
  return STEP_NAMES.filter(
    (step) => fits(step, automation.type) && !getAt(automation, pathOf(stepNode(step))),
  );
}

export function addStep(automation: Automation, step: StepName): Automation {
  return setAt(automation, `steps.${STEP_FIELD[step]}`, newStep(step));
}

export function removeStep(automation: Automation, step: StepName): Automation {
  return removeAt(automation, `steps.${STEP_FIELD[step]}`);
}

export function isOn(automation: Automation, step: StepName): boolean {
  const value = automation.steps?.[STEP_FIELD[step]];
  return Boolean(value) && value?.enabled !== false;
}

export function setOn(automation: Automation, step: StepName, on: boolean): Automation {
  return setAt(automation, `steps.${STEP_FIELD[step]}.enabled`, on);
}

/** What the new type cannot have is taken out; steps stay, so that nothing is lost. */
export function setType(automation: Automation, type: AutomationType): Automation {
  const { target: _, ...rest } = automation;
  const trigger =
    type === "comment_reply_flow" || !automation.trigger.includeReplies
      ? automation.trigger
      : { ...automation.trigger, includeReplies: false };
  // A post is no story and a message belongs to neither.
  return type === automation.type ? automation : { ...rest, type, trigger };
}

/** The edits of a fix, in their order. */
export function applyEdits(automation: Automation, edits: readonly FieldEdit[]): Automation {
  return edits.reduce(
    (document, { path, value }) =>
      value === null ? removeAt(document, path) : setAt(document, path, JSON.parse(value)),
    automation,
  );
}

/** Adds to the list there, at its end or at a place. */
export function insertAt(
  automation: Automation,
  path: string,
  value: unknown,
  at?: number,
): Automation {
  const list = listAt(automation, path);
  const place = at ?? list.length;
  return setAt(automation, path, [...list.slice(0, place), value, ...list.slice(place)]);
}

/** Moves one of the list there to another place. */
export function moveAt(automation: Automation, path: string, from: number, to: number): Automation {
  const list = [...listAt(automation, path)];
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) {
    return automation;
  }
  list.splice(to, 0, ...list.splice(from, 1));
  return setAt(automation, path, list);
}

export function addMessage(automation: Automation, type: Message["type"], at?: number): Automation {
  return insertAt(automation, "steps.main.messages", newMessage(type), at);
}

export function addCard(automation: Automation, message: number): Automation {
  const path = `${messagePath(message)}.cards`;
  const cards = listAt(automation, path) as Parameters<typeof newCard>[0];
  return insertAt(automation, path, newCard(cards));
}

/** The message as another kind, with what both can say. */
export function convertMessage(message: Message, type: Message["type"]): Message {
  if (message.type === type) return message;
  const fresh = newMessage(type);
  const text = "text" in message ? message.text : null;
  if (text === null) return fresh;
  switch (fresh.type) {
    case "text":
    case "buttons":
      return { ...fresh, text };
    case "carousel":
    case "media":
      return fresh;
  }
}

/** Takes out what a node shows; null for what cannot be taken out. */
export function removeNode(automation: Automation, id: NodeId): Automation | null {
  const place = placeOf(id);
  return !place || place.kind === "trigger" ? null : removeAt(automation, pathOf(id));
}

/** Moves a message or card up or down; null where it cannot go. */
export function moveNode(
  automation: Automation,
  id: NodeId,
  by: 1 | -1,
): { document: Automation; id: NodeId } | null {
  const place = placeOf(id);
  if (place?.kind !== "message" && place?.kind !== "card") return null;
  const path =
    place.kind === "message" ? "steps.main.messages" : `${messagePath(place.message)}.cards`;
  const from = place.kind === "message" ? place.message : place.card;
  const document = moveAt(automation, path, from, from + by);
  if (document === automation) return null;
  const to = from + by;
  return {
    document,
    id: place.kind === "message" ? `message-${to}` : `card-${place.message}-${to}`,
  };
}

function listAt(automation: Automation, path: string): readonly unknown[] {
  const list = getAt(automation, path);
  return Array.isArray(list) ? list : [];
}

/** Whether two documents say the same. */
export function isSame(one: unknown, other: unknown): boolean {
  // What is absent may be left out or null.
  if (Object.is(one ?? null, other ?? null)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => isSame(each, other[at]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => isSame(one[key], other[key]));
}
