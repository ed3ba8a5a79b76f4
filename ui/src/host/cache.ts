/** What Cache needs from the outside: how it is, what is in it, invalidating, a walk. */

import type {
  CacheNews,
  CacheScan,
  CacheSource,
  CacheSpan,
  Collection,
  Invalidated,
  KeyList,
  KeySearch,
  OpenedKey,
  ScanFinding,
} from "./bindings";

export interface CacheHost {
  /** Tells how the cache is over a span: all points first, then what is new each second,
   * until the answer is called. Without a source it is that of whoever handles the
   * deliveries. */
  watch(span: CacheSpan, source: CacheSource | null, onNews: (news: CacheNews) => void): () => void;
  /** Keys of a collection, a page at a time. */
  keys(search: KeySearch): Promise<KeyList>;
  /** A key with its value, beside its document. */
  open(key: string): Promise<OpenedKey>;
  /** Removes keys and tells every worker. */
  invalidate(keys: string[]): Promise<Invalidated>;
  /** Removes every key of a collection and tells every worker. */
  invalidateAll(collection: Collection): Promise<Invalidated>;
  /** Begins a walk through the whole cache; how far it is comes with the news. */
  scan(): Promise<CacheScan>;
  cancelScan(): Promise<void>;
  /** The keys with which something is wrong, as far as the walk has come. */
  findings(): Promise<ScanFinding[]>;
}
