/** Carries out the keys of the window. */

import { useEffect } from "react";
import { useStores } from "@/features/session/context";
import type { Pane } from "@/features/session/looking";
import { shortcutFor } from "@/features/settings/shortcuts";
import { zoomed } from "@/features/settings/theme";
import { shownIndex } from "@/features/why/WhyPane";
import { isTyping } from "@/shared/roving";

export function useShortcuts(toggleList: () => void) {
  const { session, looking, navigation } = useStores();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const shortcut = shortcutFor(event, isTyping(event.target));
      if (!shortcut) return;
      const everywhere = shortcut.do === "zoom" || shortcut.do === "shortcuts";
      if (!everywhere && navigation.getState().screen !== "simulator") return;
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
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [session, looking, navigation, toggleList]);
}

/** Puts the focus on the first thing in a pane that takes it. */
function focusPane(pane: Pane) {
  document
    .querySelector<HTMLElement>(
      `[data-pane="${pane}"] :is([aria-current="true"], textarea, select, button:not(:disabled))`,
    )
    ?.focus();
}
