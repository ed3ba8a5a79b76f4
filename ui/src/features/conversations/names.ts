/** How people and times are called here. */

import type { PersonRow } from "@/host";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";

/** The name, else the handle, else the id. */
export function nameOf(person: Pick<PersonRow, "name" | "username" | "contactId">): string {
  return person.name ?? (person.username ? `@${person.username}` : person.contactId);
}

/** "3 min", and nothing below a second: these ages count in seconds. */
export function span(millis: number): string {
  return spoken(Math.max(0, Math.floor(millis / 1_000)) * 1_000).replace(/^0 ms$/, "0 s");
}

export function left(until: number, now: number): string {
  return until <= now ? texts.conversations.expired : span(until - now);
}
