/** What the menu of a row offers: what can be done with somebody who is open. */

import type { PersonRow } from "@/host";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "./context";
import { useWhyNot } from "./hand";
import { type Asking, keyOf, whomOf } from "./store";

/** `pick` chooses a row, or not any more. */
export function useRowActions(pick: (row: PersonRow) => void): (row: PersonRow) => Action[] {
  const store = useConversationsStore();
  const picked = useConversations((state) => state.picked);
  const opened = useConversations((state) => state.opened);
  const whyNot = useWhyNot();
  const t = texts.conversations;
  return (row) => {
    const isPicked = picked.has(keyOf(row));
    const isOpen = opened !== null && keyOf(opened.person) === keyOf(row);
    const asks = (asking: Asking, rest: Pick<Action, "label" | "icon">): Action => {
      const why = whyNot(asking, row, isOpen ? opened.holdings : null);
      return {
        id: `person-${asking.replace("_", "-")}`,
        ...rest,
        disabled: why !== undefined,
        title: why,
        run: () => void store.getState().show(whomOf(row), asking),
      };
    };
    const actions: Action[] = [
      {
        id: "person-open",
        label: t.menu.open,
        icon: "arrow",
        run: () => void store.getState().show(whomOf(row)),
      },
      {
        id: "person-pick",
        label: isPicked ? t.menu.unpick : t.menu.pick,
        icon: "check",
        run: () => pick(row),
      },
      asks("release", { label: t.menu.asks(t.actions.release), icon: "undo" }),
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
