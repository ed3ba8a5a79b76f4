/** The store of Connections. It lives as long as the window's session. */

import { useStore } from "zustand";
import { useSession, useStores } from "@/features/session/context";
import type { SessionStore } from "@/features/session/session";
import type { ConnectionStatus } from "@/host";
import { type ConnectionsState, type ConnectionsStore, createConnections } from "./store";

const stores = new WeakMap<SessionStore, ConnectionsStore>();

export function connectionsOf(session: SessionStore): ConnectionsStore {
  const known = stores.get(session);
  if (known) return known;
  const made = createConnections(session);
  stores.set(session, made);
  return made;
}

export function useConnectionsStore(): ConnectionsStore {
  return connectionsOf(useStores().session);
}

export function useConnections<T>(select: (state: ConnectionsState) => T): T {
  return useStore(useConnectionsStore(), select);
}

/** What is in front, and what is allowed there; null until the shell has said so. */
export function useConnection(): ConnectionStatus | null {
  return useSession((session) => session.connection);
}
