import { CacheScreen } from "@/features/cache/CacheScreen";

/** How often the cache answers, and what is in it. */
export function Cache() {
  return <CacheScreen />;
}
