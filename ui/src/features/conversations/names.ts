/** How people and times are called here. */

import type { PersonRow } from "@/host";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";

/** The name, else the handle, else the id. */
export function nameOf(person: Pick<PersonRow, "name" | "username" | "contactId">): string {
  return person.name ?? (person.username ? `@${person.username}` : person.contactId);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** "3 min", "15 h", "2 d 4 h": nothing that is too small to matter, and never below a second. */
export function span(millis: number): string {
  const least = millis >= 24 * HOUR ? HOUR : millis >= HOUR ? MINUTE : SECOND;
  const rounded = Math.max(0, Math.floor(millis / least) * least);
  return rounded === 0 ? "0 s" : spoken(rounded);
}

export function left(until: number, now: number): string {
  return until <= now ? texts.conversations.expired : span(until - now);
}
