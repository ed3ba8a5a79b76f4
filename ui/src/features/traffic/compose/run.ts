/** Replaying many deliveries. It goes on while something else is looked at, and can be
 * cancelled wherever it is looked at. */

import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { useSession } from "@/features/session/context";
import { type Host, HostError, type Sending, type SendingProgress, type SentAll } from "@/host";

export type Run =
  | { is: "idle" }
  | { is: "running"; progress: SendingProgress; stopping: boolean }
  | { is: "ended"; of: number; sent: SentAll }
  | { is: "failed"; message: string };

export interface RunState {
  run: Run;
  start(sendings: Sending[]): Promise<void>;
  /** Ends it after the delivery that is under way. */
  stop(): void;
  /** Forgets what came of the last one, unless it is still under way. */
  clear(): void;
}

export function createRun({ traffic }: Pick<Host, "traffic">): StoreApi<RunState> {
  return createStore<RunState>()((set, get) => ({
    run: { is: "idle" },
    start: async (sendings) => {
      if (get().run.is === "running") return;
      const of = sendings.length;
      set({ run: { is: "running", progress: { done: 0, of }, stopping: false } });
      try {
        const sent = await traffic.sendAll(sendings, (progress) => {
          const { run } = get();
          if (run.is === "running") set({ run: { ...run, progress } });
        });
        set({ run: { is: "ended", of, sent } });
      } catch (thrown) {
        set({ run: { is: "failed", message: HostError.from(thrown).message } });
      }
    },
    stop: () => {
      const { run } = get();
      if (run.is !== "running" || run.stopping) return;
      set({ run: { ...run, stopping: true } });
      // Only a closing application does not answer, and it stops by itself.
      traffic.stopSending().catch(() => undefined);
    },
    clear: () => {
      if (get().run.is !== "running") set({ run: { is: "idle" } });
    },
  }));
}

const runs = new WeakMap<Host, StoreApi<RunState>>();

export function useRunStore(): StoreApi<RunState> {
  const host = useSession((session) => session.host);
  const known = runs.get(host);
  if (known) return known;
  const made = createRun(host);
  runs.set(host, made);
  return made;
}

export function useRun(): Run {
  return useStore(useRunStore(), (state) => state.run);
}
