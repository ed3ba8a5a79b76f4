/** The store of Cache. It lives as long as the host, so that what is looked at outlives a
 * look at another screen. */

import { useStore } from "zustand";
import { useSession } from "@/features/session/context";
import type { Host } from "@/host";
import { texts } from "@/texts";
import { type CacheState, type CacheStore, createCache } from "./store";

const stores = new WeakMap<Host, CacheStore>();

export function cacheOf(host: Host): CacheStore {
  const known = stores.get(host);
  if (known) return known;
  const made = createCache(host);
  stores.set(host, made);
  return made;
}

export function useCacheStore(): CacheStore {
  return cacheOf(useSession((session) => session.host));
}

export function useCache<T>(select: (state: CacheState) => T): T {
  return useStore(useCacheStore(), select);
}

/** Why nothing can be invalidated here; undefined where it can. */
export function useRefusal(): string | undefined {
  const guard = useCache((state) => state.news?.guard ?? "offline");
  return texts.cache.refusals[guard];
}
