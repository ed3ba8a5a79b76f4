/**
 * How the sends of a decision stand. A bubble says which delivery led to it once its send
 * has ended, and never which effect it came from: the two are matched by the delivery and
 * by what was said, in order, each bubble once.
 */

import type { Bubble, DecisionRecord, Effect, OutboxState } from "@/host";

export interface EffectStanding {
  effect: Effect;
  /** Null while nothing of it is in the conversation yet. */
  state: OutboxState | null;
  error: string | null;
}

export type Standings = ReadonlyMap<DecisionRecord, readonly EffectStanding[]>;

export function allStandings(
  decisions: readonly DecisionRecord[],
  conversation: readonly Bubble[],
): Standings {
  const free = conversation.filter((bubble) => bubble.from === "account" && bubble.send);
  const found = new Map<DecisionRecord, EffectStanding[]>();
  for (const each of decisions) {
    const standings = (each.decision.effects ?? []).map((effect) => {
      const index = free.findIndex(
        (bubble) =>
          (bubble.deliveryId === null || bubble.deliveryId === each.deliveryId) &&
          says(bubble, effect),
      );
      const [bubble] = index >= 0 ? free.splice(index, 1) : [];
      return { effect, state: bubble?.send ?? null, error: bubble?.error ?? null };
    });
    found.set(each, standings);
  }
  return found;
}

function says(bubble: Bubble, effect: Effect): boolean {
  const { content } = bubble;
  switch (effect.effect) {
    case "send":
      return content.type === "message" && sameContent(content.message, effect.message);
    case "reply_to_comment":
      return content.type === "public_reply" && content.text === effect.text;
    case "react":
      return content.type === "reaction";
  }
}

function sameContent(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Without absent values and with keys in order, so that only what is said counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null && !(Array.isArray(each) && each.length === 0))
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
