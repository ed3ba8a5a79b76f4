/** Which screen is in front, and which automation the Builder shows. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { AutomationId, Screen } from "@/host";

export type { Screen } from "@/host";

export interface Navigation {
  screen: Screen;
  /** The automation that the Builder shows; null: none was chosen yet. */
  automation: AutomationId | null;

  go(screen: Screen): void;
  /** What the Builder shows when it comes in front. */
  choose(automation: AutomationId | null): void;
  /** Shows an automation in the Builder. */
  openAutomation(automation: AutomationId | null): void;
}

export type NavigationStore = StoreApi<Navigation>;

export function createNavigation(): NavigationStore {
  return createStore<Navigation>()((set) => ({
    screen: "simulator",
    automation: null,
    go: (screen) => set({ screen }),
    choose: (automation) => set({ automation }),
    openAutomation: (automation) => set({ screen: "builder", automation }),
  }));
}
