/** Which screen is in front, and which automation the Builder shows. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { AutomationId } from "@/host";

export type Screen = "simulator" | "builder" | "traffic";

export interface Navigation {
  screen: Screen;
  /** The automation that the Builder shows; null: none was chosen yet. */
  automation: AutomationId | null;

  go(screen: Screen): void;
  /** Shows an automation in the Builder. */
  openAutomation(automation: AutomationId | null): void;
}

export type NavigationStore = StoreApi<Navigation>;

export function createNavigation(): NavigationStore {
  return createStore<Navigation>()((set) => ({
    screen: "simulator",
    automation: null,
    go: (screen) => set({ screen }),
    openAutomation: (automation) => set({ screen: "builder", automation }),
  }));
}
