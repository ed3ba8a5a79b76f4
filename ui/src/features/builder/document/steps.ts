/** The steps of a document: their fields, which type may have them, what they await. */

import { STEP_ORDER } from "@/features/flow/steps";
import type { AutomationType, Awaiting, StepName, Steps } from "@/host";

export const STEP_NAMES = STEP_ORDER;

export const STEP_FIELD = {
  public_reply: "publicReply",
  reaction: "reaction",
  opening: "opening",
  follow: "follow",
  email: "email",
  main: "main",
} as const satisfies Record<StepName, keyof Steps>;

/** What a button or quick reply may lead to: the steps of the conversation. */
export const CONVERSATION: readonly StepName[] = ["opening", "follow", "email", "main"];

export const GATES: readonly [StepName, Awaiting][] = [
  ["opening", "awaiting_opening_response"],
  ["follow", "awaiting_follow_confirmation"],
  ["email", "awaiting_email"],
];

/** Public replies answer comments only, reactions replies to stories only. */
export function fits(step: StepName, type: AutomationType): boolean {
  switch (step) {
    case "public_reply":
      return type === "comment_reply_flow";
    case "reaction":
      return type === "story_reply_flow";
    default:
      return true;
  }
}
