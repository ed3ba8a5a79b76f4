/** The store of the failed sends. It lives as long as the host, as Queue's own does. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { createSends, type SendsState, type SendsStore } from "./store";

const stores = new WeakMap<Host, SendsStore>();

export function sendsOf(host: Host): SendsStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createSends(host);
  stores.set(host, made);
  return made;
}

export function useSendsStore(): SendsStore {
  return sendsOf(useSession((session) => session.host));
}

export function useSends<T>(select: (state: SendsState) => T): T {
  return useStore(useSendsStore(), select);
}
