/** What can be done on the canvas, as named changes of the draft. */

import type { Message, StepName } from "@/host";
import { texts } from "@/texts";
import {
  addCard,
  addMessage,
  addStep,
  isOn,
  moveNode,
  removeNode,
  setOn,
} from "../document/change";
import { cardNode, messageNode, type NodeId, placeOf, stepNode } from "../document/nodes";
import type { Editing } from "../editing";

const { changes, canvas, stepWords } = texts.builder;

export function toggleStep(editing: Editing, step: StepName) {
  if (!editing.draft) return;
  const on = !isOn(editing.draft, step);
  editing.change(on ? changes.on(step) : changes.off(step), (draft) => setOn(draft, step, on));
}

export function addStepTo(editing: Editing, step: StepName) {
  editing.changeTo(changes.add(stepWords[step]), stepNode(step), (draft) => addStep(draft, step));
}

export function addMessageTo(editing: Editing, type: Message["type"]) {
  const at = editing.draft?.steps?.main?.messages.length ?? 0;
  editing.changeTo(
    changes.add(texts.builder.messages[type].toLowerCase()),
    messageNode(at),
    (draft) => addMessage(draft, type),
  );
}

export function addCardTo(editing: Editing, message: number) {
  const own = editing.draft?.steps?.main?.messages[message];
  const at = own?.type === "carousel" ? own.cards.length : 0;
  editing.changeTo(changes.add(canvas.card(at + 1).toLowerCase()), cardNode(message, at), (draft) =>
    addCard(draft, message),
  );
}

export function removePart(editing: Editing, id: NodeId) {
  editing.change(changes.remove(nameOf(editing, id)), (draft) => removeNode(draft, id) ?? draft);
}

export function movePart(editing: Editing, id: NodeId, by: 1 | -1) {
  const moved = editing.draft ? moveNode(editing.draft, id, by) : null;
  if (!moved) return;
  editing.changeTo(changes.move(nameOf(editing, id)), moved.id, () => moved.document);
}

/** A part in the middle of a sentence: "message 2, text", "ask for email". */
export function nameOf({ draft }: Editing, id: NodeId): string {
  const place = placeOf(id);
  switch (place?.kind) {
    case "step":
      return stepWords[place.step];
    case "message": {
      const type = draft?.steps?.main?.messages[place.message]?.type ?? "text";
      return lower(canvas.message(place.message + 1, type));
    }
    case "card":
      return lower(canvas.card(place.card + 1));
    default:
      return lower(canvas.trigger);
  }
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
