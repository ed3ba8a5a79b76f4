/** The store of Queue. It lives as long as the host, so that what is chosen outlives a look
 * at another screen. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { createQueue, type QueueState, type QueueStore } from "./store";

const stores = new WeakMap<Host, QueueStore>();

export function queueOf(host: Host): QueueStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createQueue(host);
  stores.set(host, made);
  return made;
}

export function useQueueStore(): QueueStore {
  return queueOf(useSession((session) => session.host));
}

export function useQueue<T>(select: (state: QueueState) => T): T {
  return useStore(useQueueStore(), select);
}
