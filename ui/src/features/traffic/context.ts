/** The store of Traffic. It lives as long as the host, so that the filter outlives a look
 * at another screen. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { createTraffic, type TrafficState, type TrafficStore } from "./store";

const stores = new WeakMap<Host, TrafficStore>();

export function trafficOf(host: Host): TrafficStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createTraffic(host);
  stores.set(host, made);
  return made;
}

export function useTrafficStore(): TrafficStore {
  return trafficOf(useSession((session) => session.host));
}

export function useTraffic<T>(select: (state: TrafficState) => T): T {
  return useStore(useTrafficStore(), select);
}

export function useTrafficHost() {
  return useSession((session) => session.host.traffic);
}
