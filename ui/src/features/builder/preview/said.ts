/** What a part of an automation makes people see, as an excerpt of the conversation. */

import type { Automation, Message, StepName } from "@/host";
import { texts } from "@/texts";
import type { Place } from "../document/nodes";
import { VARIABLES } from "../document/variables";

export type Said =
  | { as: "person"; text: string; reaction?: string }
  | { as: "comment"; who: string; text: string; reply?: boolean }
  | { as: "note"; text: string }
  | { as: "message"; message: Message; first?: number };

const sample = (name: string) => VARIABLES.find((variable) => variable.name === name)?.sample ?? "";

export function saidBy(draft: Automation, place: Place): Said[] {
  const messages = draft.steps?.main?.messages ?? [];
  switch (place.kind) {
    case "trigger":
      return [trigger(draft)];
    case "step":
      return step(draft, place.step);
    case "message":
      return messages
        .slice(place.message, place.message + 1)
        .map((message) => ({ as: "message", message }));
    case "card":
      return messages
        .slice(place.message, place.message + 1)
        .map((message) => ({ as: "message", message, first: place.card }));
  }
}

function trigger({ trigger: { mode, keywords }, type }: Automation): Said {
  const keyword = mode === "specific_keywords" ? keywords?.[0]?.text : null;
  const text = keyword || texts.builder.preview.sampleAnything;
  return type === "comment_reply_flow"
    ? { as: "comment", who: sample("contact.username"), text }
    : { as: "person", text };
}

function step(draft: Automation, name: StepName): Said[] {
  const steps = draft.steps ?? {};
  const message = (each: Message): Said => ({ as: "message", message: each });
  switch (name) {
    case "public_reply": {
      const all = steps.publicReply?.texts ?? [];
      const note: Said[] =
        all.length > 1 ? [{ as: "note", text: texts.builder.preview.oneOf }] : [];
      return [
        trigger(draft),
        ...note,
        ...all.map(
          (text): Said => ({ as: "comment", who: sample("account.username"), text, reply: true }),
        ),
      ];
    }
    case "reaction": {
      const reaction = steps.reaction?.reaction;
      const said = trigger(draft);
      return said.as === "person" && reaction
        ? [{ ...said, reaction: reaction === "love" ? "❤️" : reaction }]
        : [said];
    }
    case "opening":
    case "follow": {
      const own = name === "opening" ? steps.opening : steps.follow;
      return own
        ? [
            message({
              type: "buttons",
              text: own.text,
              buttons: [{ title: own.button, step: name }],
            }),
          ]
        : [];
    }
    case "email":
      return steps.email ? [message({ type: "text", text: steps.email.text })] : [];
    case "main":
      return (steps.main?.messages ?? []).map(message);
  }
}
