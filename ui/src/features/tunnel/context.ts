/** The store of the tunnel. It lives as long as the host, so that what was typed outlives a
 * look at another screen. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { createTunnel, type TunnelState, type TunnelStore } from "./store";

const stores = new WeakMap<Host, TunnelStore>();

export function tunnelOf(host: Host): TunnelStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createTunnel(host);
  stores.set(host, made);
  return made;
}

export function useTunnelStore(): TunnelStore {
  return tunnelOf(useSession((session) => session.host));
}

export function useTunnel<T>(select: (state: TunnelState) => T): T {
  return useStore(useTunnelStore(), select);
}
