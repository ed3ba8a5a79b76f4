/** How many conversations each automation began lately. */

import type { AutomationId, Person } from "@/host";

const DAY = 24 * 60 * 60 * 1000;

/** Of the last 24 hours before now. */
export function startedToday(
  people: readonly Person[],
  now: number,
): Readonly<Record<AutomationId, number>> {
  const counts: Record<AutomationId, number> = {};
  for (const person of people) {
    for (const { decision } of person.decisions) {
      const { automationId, reason, at } = decision.trace;
      if (reason !== "started" || !automationId || at <= now - DAY) continue;
      counts[automationId] = (counts[automationId] ?? 0) + 1;
    }
  }
  return counts;
}
