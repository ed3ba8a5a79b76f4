/** The order in which automations are tried. */

import type { Automation } from "@/host";

/** The active ones for the same posts or stories that are tried before this one, in order. */
export function triedBefore(automation: Automation, others: readonly Automation[]): Automation[] {
  return others
    .filter(
      (other) =>
        other.id !== automation.id &&
        other.isActive &&
        other.type === automation.type &&
        mediaOf(other) === mediaOf(automation) &&
        compare(other, automation) < 0,
    )
    .sort(compare);
}

function compare(one: Automation, other: Automation): number {
  return (
    (one.priority ?? 0) - (other.priority ?? 0) ||
    (one.createdAt ?? 0) - (other.createdAt ?? 0) ||
    (one.id < other.id ? -1 : 1)
  );
}

function mediaOf({ target }: Automation): string | null {
  return typeof target === "object" ? target.media : null;
}
