/** What the menu of a row offers: what can be done with somebody who is open. */

import type { PersonRow } from "@/host";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "./context";
import type { Asking } from "./person/Actions";
import { keyOf, whomOf } from "./store";
import { wishes } from "./wish";

/** `pick` chooses a row, or not any more. */
export function useRowActions(pick: (row: PersonRow) => void): (row: PersonRow) => Action[] {
  const store = useConversationsStore();
  const profile = useConversations((state) => state.news?.profile ?? "");
  const observes = useConversations((state) => state.news?.guard === "observe");
  const picked = useConversations((state) => state.picked);
  const t = texts.conversations;
  const why = observes ? t.actions.observe(profile) : undefined;
  return (row) => {
    const open = () => store.getState().show(whomOf(row));
    const isPicked = picked.has(keyOf(row));
    const asks = (asking: Asking, rest: Pick<Action, "label" | "icon">, not?: string): Action => ({
      id: `person-${asking.replace("_", "-")}`,
      ...rest,
      disabled: observes || not !== undefined,
      title: why ?? not,
      run: () => {
        wishes.setState({ whom: whomOf(row), asking });
        void open();
      },
    });
    const stands = row.stands ? undefined : t.actions.nothingToRelease;
    const actions: Action[] = [
      { id: "person-open", label: t.menu.open, icon: "arrow", run: () => void open() },
      {
        id: "person-pick",
        label: isPicked ? t.menu.unpick : t.menu.pick,
        icon: "check",
        run: () => pick(row),
      },
      asks("release", { label: t.menu.asks(t.actions.release), icon: "undo" }, stands),
      asks("clear", { label: t.menu.asks(t.actions.clear), icon: "trash" }),
      asks("move", { label: t.actions.move, icon: "arrow" }),
      row.unsubscribed
        ? asks("subscribe", { label: t.menu.asks(t.actions.subscribe), icon: "check" })
        : asks("unsubscribe", { label: t.menu.asks(t.actions.unsubscribe), icon: "muted" }),
    ];
    if (row.silencedUntil !== null) {
      const label = t.menu.asks(t.actions.endTakeover);
      actions.push(asks("end_takeover", { label, icon: "play" }));
    }
    return actions;
  };
}
