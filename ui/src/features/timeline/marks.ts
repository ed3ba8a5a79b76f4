/** What the timeline draws: lanes for people, columns for moments, marks where both meet. */

import { weightOf } from "@/features/why/sentences";
import type { Mark, Moment, MomentKind, Person, Playback } from "@/host";
import { quotesApart } from "@/shared/bidi";
import type { IconName } from "@/shared/Icon";
import { countdown } from "@/shared/time";
import { texts } from "@/texts";

export const MOMENT_ICON: Record<MomentKind, IconName> = {
  wrote: "message",
  tapped: "tap",
  commented: "comment",
  replied_to_story: "story",
  mentioned: "story",
  attached: "image",
  reacted: "heart",
  read: "check",
  deleted: "trash",
  changed: "hand",
  referred: "link",
  by_hand: "hand",
  again: "retry",
  arrived: "listener",
  time: "clock",
  joined: "people",
  followed: "followed",
  unfollowed: "follow",
  noted: "hand",
  put: "flag",
  fault: "bolt",
  edited: "flow",
};

/** Whether it happens to everybody and not to one person. */
export function isOfTheWorld(moment: Moment): boolean {
  return moment.person === null;
}

/** The people to whom something happened in a moment. */
export function met(moment: Moment): string[] {
  const people = new Set(moment.marks.map((mark): string => mark.person));
  if (moment.person !== null) people.add(moment.person);
  return [...people];
}

/** The people who have a lane: those to whom something happened, in their order. */
export function lanesOf(playback: Playback, people: readonly Person[]): Person[] {
  const all = new Set(playback.moments.flatMap(met));
  return people.filter((person) => all.has(person.id));
}

export function markOf(moment: Moment, person: string): Mark | null {
  return moment.marks.find((mark) => mark.person === person) ?? null;
}

/** How a mark is coloured: by why it was decided, or by what failed. */
export function weightOfMark(mark: Mark): "good" | "waiting" | "warning" | "neutral" | "failed" {
  if (mark.failed > 0) return "failed";
  if (mark.waiting > 0) return "warning";
  return mark.reason ? weightOf(mark.reason) : "neutral";
}

/** A moment as a sentence, for its tooltip and for those who hear it. */
export function momentSentence(moment: Moment, nameOf: (id: string) => string): string {
  const t = texts.playback;
  const who = moment.person ? nameOf(moment.person) : null;
  const label = isOfTheWorld(moment) ? "" : moment.label;
  const parts = [
    isOfTheWorld(moment)
      ? moment.label || t.moments[moment.kind]
      : t.timeline.moment(who, t.moments[moment.kind], label),
  ];
  for (const mark of moment.marks) {
    if (mark.reason) parts.push(texts.reasons[mark.reason]);
    if (mark.sent > 0) parts.push(t.timeline.sends(mark.sent));
    if (mark.waiting > 0) parts.push(t.timeline.waiting(mark.waiting));
    if (mark.failed > 0) parts.push(t.timeline.failed(mark.failed));
    if (mark.moved) {
      parts.push(mark.awaiting ? texts.awaiting[mark.awaiting] : texts.people.nothingAwaited);
    }
    if (mark.hits + mark.misses > 0) parts.push(t.timeline.cache(mark.hits, mark.misses));
  }
  return quotesApart(parts.join(", "));
}

/** What a column says above its lanes: how long passed, or when it was. */
export function columnLabel(moment: Moment, next: number): string | null {
  return moment.kind === "time" ? shortSpan(next - moment.at) : null;
}

function shortSpan(millis: number): string {
  const minutes = Math.round(millis / 60_000);
  if (millis < 60_000) return `${Math.max(1, Math.round(millis / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = millis / 3_600_000;
  if (hours < 48 && Number.isInteger(hours)) return `${hours} h`;
  return countdown(millis).replace(/:\d\d$/, " h");
}
