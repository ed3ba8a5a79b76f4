/** Carries out the keys of the window. */

import { useEffect } from "react";
import { useBuilder } from "@/features/library/context";
import { useStores } from "@/features/session/context";
import type { Pane } from "@/features/session/looking";
import { type Shortcut, shortcutFor } from "@/features/settings/shortcuts";
import { zoomed } from "@/features/settings/theme";
import { shownIndex } from "@/features/why/WhyPane";
import { leave, openWindow } from "@/features/windows/windows";
import { isTyping } from "@/shared/roving";

/** What is done on every screen; the rest belongs to the Simulator. */
const EVERYWHERE: ReadonlySet<Shortcut["do"]> = new Set([
  "zoom",
  "shortcuts",
  "window",
  "close",
  "quit",
]);

export function useShortcuts(toggleList: () => void) {
  const stores = useStores();
  const builder = useBuilder();
  const { session, looking, navigation } = stores;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const shortcut = shortcutFor(event, isTyping(event.target));
      if (!shortcut) return;
      if (!EVERYWHERE.has(shortcut.do) && navigation.getState().screen !== "simulator") return;
      event.preventDefault();
      const { opened, settings, saveSettings } = session.getState();
      const look = looking.getState();
      const person =
        opened?.people[look.person ?? ""] ?? opened?.people[opened.peopleOrder[0] ?? ""];
      switch (shortcut.do) {
        case "write":
          look.show("conversation");
          requestAnimationFrame(() => document.getElementById("composer")?.focus());
          break;
        case "shortcuts":
          toggleList();
          break;
        case "pane":
          look.show(shortcut.pane);
          requestAnimationFrame(() => focusPane(shortcut.pane));
          break;
        case "person": {
          const order = opened?.peopleOrder ?? [];
          const at = person ? order.indexOf(person.id) : 0;
          const next = order[(at + shortcut.by + order.length) % order.length];
          if (next) look.choosePerson(next);
          break;
        }
        case "decision": {
          const decisions = person?.decisions ?? [];
          const next = shownIndex(decisions, look.delivery) + shortcut.by;
          const record = decisions[next];
          if (record) {
            look.chooseDelivery(next === decisions.length - 1 ? null : record.deliveryId);
          }
          break;
        }
        case "zoom":
          void saveSettings({ zoom: zoomed(settings.zoom, shortcut.direction) });
          break;
        case "window":
          void openWindow(stores, builder, navigation.getState().screen);
          break;
        case "close":
          void leave(stores, builder, false);
          break;
        case "quit":
          void leave(stores, builder, true);
          break;
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [stores, builder, session, looking, navigation, toggleList]);
}

/** Puts the focus on the first thing in a pane that takes it. */
function focusPane(pane: Pane) {
  document
    .querySelector<HTMLElement>(
      `[data-pane="${pane}"] :is([aria-current="true"], textarea, select, button:not(:disabled))`,
    )
    ?.focus();
}
