/** What of the Builder is in front: it is so again when one comes back to the screen. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Period } from "@/host";
import { EVERYTHING, type Filter } from "./order";

export interface BuilderView {
  side: "edit" | "try";
  /** In which time people are counted on the canvas. */
  period: Period;
  tab: "problems" | "tester" | "explore" | "versions";
  /** Whether the drawer is open; null until somebody opens or closes it. */
  drawer: boolean | null;
  filter: Filter;
}

export type BuilderViewStore = StoreApi<BuilderView>;

export function createBuilderView(): BuilderViewStore {
  return createStore<BuilderView>()(() => ({
    side: "edit",
    period: "day",
    tab: "problems",
    drawer: null,
    filter: EVERYTHING,
  }));
}
