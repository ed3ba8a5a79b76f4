/** Where a person stood after a moment of the timeline, from the decisions up to it. */

import type { Bubble, DecisionRecord, Moment, MomentDetail, Person, UserState } from "@/host";

export interface Standing {
  state: UserState | null;
  decisions: readonly DecisionRecord[];
  conversation: readonly Bubble[];
  /** What the clock said at the end of the moment. */
  at: number;
}

/** Null when it cannot be known: what was decided by then is not listed any more. */
export function standingAfter(
  { moment, states }: MomentDetail,
  moments: readonly Moment[],
  person: Person,
  now: number,
): Standing | null {
  const place = moments.findIndex((each) => each.number === moment.number);
  const decisions = place < 0 ? null : decidedBy(moments.slice(0, place + 1), person);
  if (!decisions) return null;
  const at = moments[place + 1]?.at ?? now;
  return {
    state: states.find((state) => state.senderId === person.id) ?? null,
    decisions,
    conversation: person.conversation.filter((bubble) => bubble.at <= at),
    at,
  };
}

/** What was decided about a person in these moments and in all before them. */
function decidedBy(moments: readonly Moment[], person: Person): readonly DecisionRecord[] | null {
  const last = moments
    .flatMap((moment) => moment.marks)
    .findLast((mark) => mark.person === person.id && mark.deliveryId !== null);
  if (!last) return moments[0]?.number === 1 ? [] : null;
  const place = person.decisions.findLastIndex((each) => each.deliveryId === last.deliveryId);
  return place < 0 ? null : person.decisions.slice(0, place + 1);
}
