/** How a person's 24-hour window stands. */

import type { Person } from "@/host";

export type MessagingWindow =
  | { state: "never" }
  | { state: "open"; closesAt: number; left: number }
  | { state: "closed" };

export function windowOf(person: Person, now: number): MessagingWindow {
  const closesAt = person.windowClosesAt;
  if (closesAt !== null && closesAt > now) {
    return { state: "open", closesAt, left: closesAt - now };
  }
  const wrote = closesAt !== null || (person.contact?.lastMessageAt ?? null) !== null;
  return { state: wrote ? "closed" : "never" };
}
