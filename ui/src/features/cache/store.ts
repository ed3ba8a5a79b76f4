/** What Cache shows: the figures, the points of the charts, the keys, a walk through them. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  CacheNews,
  CachePoint,
  CacheSource,
  CacheSpan,
  Collection,
  Host,
  Invalidated,
  KeyRow,
  OpenedKey,
  ScanFinding,
} from "@/host";
import { HostError } from "@/host";

/** What stands below the charts. */
export type Panel = "keys" | "scan" | "slow";
export type LeftChart = "rate" | "tiers" | "time" | "loads" | "changes";
export type RightChart = "memory" | "commands" | "gone" | "lookups" | "connections" | "keys";

/** What is to be invalidated, before it is confirmed. */
export type Wish =
  | { wish: "keys"; keys: readonly string[] }
  | { wish: "all"; collection: Collection };

const PAGE = 100;

export interface CacheState {
  news: CacheNews | null;
  /** All points of the span, the oldest first. */
  points: readonly CachePoint[];
  /** The number of the first of them. */
  pointsFrom: number;
  span: CacheSpan;
  /** Whose figures are asked for; null for those of whoever handles the deliveries. */
  source: CacheSource | null;
  left: LeftChart;
  right: RightChart;
  /** Collections whose line is not drawn. */
  hidden: ReadonlySet<Collection>;
  panel: Panel;
  collection: Collection;
  /** As it stands in the field. */
  text: string;
  keys: readonly KeyRow[];
  /** Where the next page begins; null at the end. */
  next: string | null;
  lookedAt: number;
  searching: boolean;
  /** Why the keys are not listed. */
  listFailure: string | null;
  selected: ReadonlySet<string>;
  /** The key that the arrow keys stand on. */
  chosen: string | null;
  opened: OpenedKey | null;
  openFailure: string | null;
  findings: readonly ScanFinding[];
  wish: Wish | null;

  /** Told by the host. */
  told(news: CacheNews): void;
  look(span: CacheSpan): void;
  from(source: CacheSource): void;
  chart(change: { left?: LeftChart; right?: RightChart }): void;
  toggle(collection: Collection): void;
  show(panel: Panel): void;
  /** Lists the keys of a collection that hold a text, from the beginning. */
  list(change?: { collection?: Collection; text?: string }): Promise<void>;
  more(): Promise<void>;
  select(key: string, on: boolean): void;
  selectAll(keys: readonly string[], on: boolean): void;
  choose(key: string | null): void;
  open(key: string): Promise<void>;
  close(): void;
  scan(): Promise<void>;
  cancelScan(): Promise<void>;
  ask(wish: Wish | null): void;
  /** Does what was asked about, and lists the keys anew. */
  invalidate(): Promise<Invalidated | null>;
}

export type CacheStore = StoreApi<CacheState>;

export function createCache(host: Host): CacheStore {
  const { cache } = host;
  let listed = 0;
  let fetched = 0;

  return createStore<CacheState>()((set, get) => {
    const fetchFindings = async () => {
      fetched += 1;
      const mine = fetched;
      const findings = await cache.findings();
      if (mine === fetched) set({ findings });
    };
    const page = async (from: string | null): Promise<void> => {
      listed += 1;
      const mine = listed;
      const { collection, text } = get();
      set({ searching: true, listFailure: null });
      try {
        const list = await cache.keys({ collection, text, from, most: PAGE });
        if (mine !== listed) return;
        const before = from === null ? [] : get().keys;
        const known = new Set(before.map((row) => row.key));
        set({
          keys: [...before, ...list.keys.filter((row) => !known.has(row.key))],
          next: list.next ?? null,
          lookedAt: (from === null ? 0 : get().lookedAt) + list.lookedAt,
        });
      } catch (thrown) {
        if (mine === listed) set({ listFailure: HostError.from(thrown).message });
      } finally {
        if (mine === listed) set({ searching: false });
      }
    };

    return {
      news: null,
      points: [],
      pointsFrom: 0,
      span: "five_minutes",
      source: null,
      left: "rate",
      right: "memory",
      hidden: new Set(),
      panel: "keys",
      collection: "user_state",
      text: "",
      keys: [],
      next: null,
      lookedAt: 0,
      searching: false,
      listFailure: null,
      selected: new Set(),
      chosen: null,
      opened: null,
      openFailure: null,
      findings: [],
      wish: null,

      told: (news) => {
        const before = get().news;
        // What was asked for before the span was changed comes too late.
        if (news.span !== get().span) return;
        const other = before !== null && before.front !== news.front;
        const begins =
          other ||
          before === null ||
          before.span !== news.span ||
          !isSame(before.source, news.source);
        set({ news, ...joined(begins ? null : get(), news) });
        if (other) {
          set({ keys: [], selected: new Set(), chosen: null, opened: null, findings: [] });
          set({ openFailure: null, wish: null, source: null });
          void get().list();
        }
        const scan = news.scan;
        const changed =
          scan?.number !== before?.scan?.number || scan?.listed !== before?.scan?.listed;
        if (scan && (other || changed)) void fetchFindings().catch(() => undefined);
      },
      look: (span) => set({ span }),
      from: (source) => set({ source }),
      chart: (change) => set(change),
      toggle: (collection) => {
        const hidden = new Set(get().hidden);
        if (!hidden.delete(collection)) hidden.add(collection);
        set({ hidden });
      },
      show: (panel) => set({ panel, selected: new Set(), chosen: null }),
      list: async (change = {}) => {
        set({ ...change, selected: new Set(), chosen: null });
        if (change.collection) set({ keys: [], next: null });
        await page(null);
      },
      more: async () => {
        const { next } = get();
        if (next !== null) await page(next);
      },
      select: (key, on) => {
        const selected = new Set(get().selected);
        if (on) selected.add(key);
        else selected.delete(key);
        set({ selected });
      },
      selectAll: (keys, on) => set({ selected: new Set(on ? keys : []) }),
      choose: (chosen) => set({ chosen }),
      open: async (key) => {
        set({ chosen: key, openFailure: null });
        if (get().opened?.row.key !== key) set({ opened: null });
        try {
          const opened = await cache.open(key);
          if (get().chosen === key) set({ opened });
        } catch (thrown) {
          if (get().chosen === key) {
            set({ opened: null, openFailure: HostError.from(thrown).message });
          }
        }
      },
      close: () => set({ opened: null, openFailure: null }),
      scan: async () => {
        set({ panel: "scan", findings: [], selected: new Set() });
        await cache.scan();
      },
      cancelScan: () => cache.cancelScan(),
      ask: (wish) => set({ wish }),
      invalidate: async () => {
        const { wish } = get();
        if (!wish) return null;
        set({ wish: null });
        const done =
          wish.wish === "all"
            ? await cache.invalidateAll(wish.collection)
            : await cache.invalidate([...wish.keys]);
        set({ selected: new Set(), opened: null, openFailure: null });
        await Promise.all([get().list(), fetchFindings()]);
        return done;
      },
    };
  });
}

function isSame(one: CacheSource, other: CacheSource): boolean {
  if (one.of === "worker" && other.of === "worker") return one.address === other.address;
  return one.of === other.of;
}

/** The points with the news; `known`: those before, null for none. */
export function joined(
  known: { points: readonly CachePoint[]; pointsFrom: number } | null,
  news: CacheNews,
): { points: readonly CachePoint[]; pointsFrom: number } {
  if (!known || news.from <= known.pointsFrom) {
    return { points: news.points, pointsFrom: news.from };
  }
  // What may have grown is told again, and what is too old is gone.
  const drop = Math.max(0, news.first - known.pointsFrom);
  const kept = known.points.slice(drop, news.from - known.pointsFrom);
  return { points: [...kept, ...news.points], pointsFrom: known.pointsFrom + drop };
}
