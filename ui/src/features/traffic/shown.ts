/** How times and kinds are written in the list. */

import type { EventKind } from "@/host";
import { texts } from "@/texts";

/** Microseconds as milliseconds without their unit, which is the column's: "0.4", "12". */
export function took(micros: number): string {
  const millis = micros / 1000;
  if (millis < 0.1) return "< 0.1";
  if (millis < 10) return millis.toFixed(1);
  return String(Math.round(millis));
}

/** The part of a time below the second: ".042". */
export function millisOf(at: number): string {
  return `.${String(at % 1000).padStart(3, "0")}`;
}

/** "2 direct messages and 1 comment", by kind, in the order in which they come. */
export function kindsInWords(kinds: readonly EventKind[]): string {
  const counts = new Map<EventKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const words = [...counts].map(([kind, count]) => `${count} × ${texts.kinds[kind]}`);
  return words.join(", ");
}
