/** What can be set by hand, and why not: for who is open, and for a row's menu. */

import type { Holding, PersonRow } from "@/host";
import { texts } from "@/texts";
import { useConversations } from "./context";
import type { Asking } from "./store";

/** These change where somebody stands, as what is done for many does. */
const STANDING: readonly Asking[] = ["release", "clear", "move"];

/** Says why something cannot be set by hand; undefined where it can. What is held of somebody
 * is known while they are open, and null of a row. */
export type WhyNot = (
  asking: Asking,
  person: PersonRow,
  holdings: readonly Holding[] | null,
) => string | undefined;

export function useWhyNot(): WhyNot {
  const profile = useConversations((state) => state.news?.profile ?? "");
  const observes = useConversations((state) => state.news?.guard === "observe");
  const running = useConversations((state) => state.news?.bulk?.state === "running");
  const { actions, menu, bulk } = texts.conversations;
  return (asking, person, holdings) => {
    if (observes) return actions.observe(profile);
    if (asking === "release" && !person.stands) return actions.nothingToRelease;
    if (asking === "clear" && !isHeld(person, holdings)) {
      return holdings ? actions.nothingToClear : menu.nothingToClear;
    }
    return running && STANDING.includes(asking) ? bulk.running : undefined;
  };
}

/** Whether anything of a state is held anywhere, also one that has expired or cannot be read. */
function isHeld(person: PersonRow, holdings: readonly Holding[] | null): boolean {
  const held = holdings?.find(({ what }) => what === "user_state");
  const cached = held?.cached ?? null;
  return person.stands !== null || (cached !== null && cached !== "null") || held?.stored != null;
}
