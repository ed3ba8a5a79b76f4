/** The store of Conversations. It lives as long as the host, so that the search outlives a
 * look at another screen. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { type ConversationsState, type ConversationsStore, createConversations } from "./store";

const stores = new WeakMap<Host, ConversationsStore>();

export function conversationsOf(host: Host): ConversationsStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createConversations(host);
  stores.set(host, made);
  return made;
}

export function useConversationsStore(): ConversationsStore {
  return conversationsOf(useSession((session) => session.host));
}

export function useConversations<T>(select: (state: ConversationsState) => T): T {
  return useStore(useConversationsStore(), select);
}
