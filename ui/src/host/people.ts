/** The people of the simulator, whole again from what the shell tells of them. */

import type { ChangedPeople, Person, Stays, WindowUpdate } from "./bindings";

/**
 * After the first time the shell tells only who changed, and of what was said and decided
 * only the new ends. Everything that comes through one channel has to come through here,
 * in its order.
 *
 * @returns makes each update of the simulator one that has all people.
 */
export function wholeAgain(): (updates: WindowUpdate[]) => WindowUpdate[] {
  let known = new Map<string, Person>();
  return (updates) =>
    updates.map((update) => {
      if (update.update !== "simulator") return update;
      const people = update.people ? after(known, update.people) : update.view.people;
      known = new Map(people.map((person) => [person.id, person]));
      return { ...update, view: { ...update.view, people }, people: null };
    });
}

function after(known: Map<string, Person>, news: ChangedPeople): Person[] {
  const changed = new Map(news.changed.map((each) => [each.person.id, each]));
  return news.order.flatMap((id) => {
    const before = known.get(id);
    const now = changed.get(id);
    if (!now) return before ? [before] : [];
    return [
      {
        ...now.person,
        conversation: joined(before?.conversation, now.conversation, now.person.conversation),
        decisions: joined(before?.decisions, now.decisions, now.person.decisions),
      },
    ];
  });
}

function joined<T>(before: T[] | undefined, stays: Stays, behind: T[]): T[] {
  return [...(before ?? []).slice(stays.from, stays.from + stays.count), ...behind];
}
