/** The ways out of an automation: how a conversation can leave it other than forward. */

import type { Automation, StepName, WhenExhausted } from "@/host";

export type WayOut =
  /** It is asked again, so many times in all, and then ends or goes on without. */
  | { kind: "retry"; step: "follow" | "email"; most: number; exhausted: WhenExhausted }
  /** Nothing is heard, and the wait runs out. */
  | { kind: "expired" }
  /** Something else is written, which other automations may answer. */
  | { kind: "left" }
  /** It does not match, so the next automation is tried. */
  | { kind: "no_keyword" }
  | { kind: "comment_reply" };

/** What the overlay counts for a way out of a gate. */
export function countedAs(way: WayOut): "gave_up" | "expired" | "left" | null {
  switch (way.kind) {
    case "retry":
      return way.exhausted === "end" ? "gave_up" : null;
    case "expired":
    case "left":
      return way.kind;
    default:
      return null;
  }
}

export function waysOutOf(step: StepName, automation: Automation): WayOut[] {
  const steps = automation.steps;
  switch (step) {
    case "opening":
      return [{ kind: "left" }, { kind: "expired" }];
    case "follow": {
      const follow = steps?.follow;
      const retry = follow?.verify ? [retryOf("follow", follow)] : [];
      return [...retry, { kind: "left" }, { kind: "expired" }];
    }
    case "email":
      return [retryOf("email", steps?.email ?? {}), { kind: "expired" }];
    default:
      return [];
  }
}

export function waysOutOfTrigger({ type, trigger }: Automation): WayOut[] {
  const ways: WayOut[] = [];
  if (trigger.mode === "specific_keywords") ways.push({ kind: "no_keyword" });
  if (type === "comment_reply_flow" && !trigger.includeReplies)
    ways.push({ kind: "comment_reply" });
  return ways;
}

function retryOf(
  step: "follow" | "email",
  asks: { mostAsks?: number; whenExhausted?: WhenExhausted },
): WayOut {
  return { kind: "retry", step, most: asks.mostAsks ?? 3, exhausted: asks.whenExhausted ?? "end" };
}
