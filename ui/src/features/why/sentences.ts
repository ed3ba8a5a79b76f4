/** Verdicts and decisions in words and weights. */

import type { Reason, Verdict } from "@/host";
import { texts } from "@/texts";

/** The verdict as a sentence; the same words as in the engine's trace. */
export function verdictSentence(verdict: Verdict): string {
  switch (verdict.verdict) {
    case "matched":
      return verdict.by.by === "any_reply"
        ? texts.why.matchedAny
        : texts.why.matchedKeyword(verdict.by.keyword, verdict.by.kind);
    case "no_keyword":
      return texts.why.noKeyword;
    case "no_text":
      return texts.why.noText;
    case "replies_not_included":
      return texts.why.repliesNotIncluded;
    case "no_steps":
      return texts.why.noSteps;
    case "not_reached":
      return texts.why.notReached;
  }
}

export type Weight = "good" | "waiting" | "warning" | "neutral";

/** How a reason is coloured: it went on, it waits again, it needs a look, or nothing. */
export function weightOf(reason: Reason): Weight {
  switch (reason) {
    case "started":
    case "advanced":
    case "resubscribed":
      return "good";
    case "asked_again":
    case "answered_with_awaited":
    case "skipped":
      return "waiting";
    case "gave_up":
    case "contact_unsubscribed":
    case "outside_window":
    case "automation_disabled":
    case "automation_deleted":
    case "step_removed":
    case "unknown_account":
    case "account_inactive":
    case "foreign_account":
    case "silenced":
      return "warning";
    case "no_match":
    case "no_automations":
    case "never_triggers":
    case "own_message":
    case "human_stepped_in":
    case "unsubscribed":
    case "duplicate":
    case "older_than_state":
    case "no_contact":
      return "neutral";
  }
}
