/** Whether the first steps are shown, and which of them are done. */

import { createStore, type StoreApi } from "zustand/vanilla";
import { done, type Purpose, type Seen, type Step } from "./path";

export interface Welcome {
  /** Somebody asked for the question again. */
  asked: boolean;
  purpose: Purpose | null;
  steps: ReadonlySet<Step>;
  /** A public address led here. */
  reachable: boolean;

  ask(): void;
  /** Begins the steps; null: somebody only looks around. */
  begin(purpose: Purpose | null): void;
  see(seen: Seen): void;
  reach(): void;
  close(): void;
}

export type WelcomeStore = StoreApi<Welcome>;

export function createWelcome(): WelcomeStore {
  return createStore<Welcome>()((set, get) => ({
    asked: false,
    purpose: null,
    steps: new Set(),
    reachable: false,
    ask: () => set({ asked: true }),
    begin: (purpose) => set({ asked: false, purpose, steps: new Set() }),
    see: (seen) => {
      const { purpose, steps } = get();
      if (!purpose) return;
      const now = done(purpose, seen, steps);
      if (now !== steps) set({ steps: now });
    },
    reach: () => set({ reachable: true }),
    close: () => set({ purpose: null }),
  }));
}
