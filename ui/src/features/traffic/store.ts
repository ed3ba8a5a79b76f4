/** What Traffic shows: rows in sight, the filter, what is open, what is being sent. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  DeliveryId,
  FoundTraffic,
  Host,
  HostError,
  OpenedDelivery,
  RefusedId,
  RowResult,
  TrafficNews,
  TrafficRow,
} from "@/host";
import { HostError as Failure } from "@/host";

/** A row that is chosen: by its number in the list, or by what the journal knows. */
export interface Chosen {
  number: number;
  delivery: DeliveryId | null;
  /** Of a request that was refused. */
  refused?: RefusedId | null;
  index: number | null;
  /** When its row arrived; the engine's clock may be another one, as the Simulator's is. */
  at?: number;
}

/** What the half at the right is for. */
export type Side =
  | { shows: "nothing" }
  | { shows: "delivery" }
  | { shows: "compose" }
  | { shows: "signed"; refused: RefusedId; body: string }
  | { shows: "replay"; delivery: DeliveryId; body: string }
  | { shows: "many"; deliveries: DeliveryId[] };

/** What is about to be saved under a name. */
export interface Saving {
  what: "fixture" | "scenario";
  /** Of a request that was refused there is none, and no scenario. */
  delivery: DeliveryId | null;
  body: string;
}

export interface TrafficState {
  news: TrafficNews | null;
  /** As it stands in the bar. */
  filter: string;
  /** As it was read last; the rows are those of this one. */
  applied: string;
  /** Always the newest row in sight. */
  follows: boolean;
  /** Following was switched off, so that scrolling to the end does not resume it. */
  paused: boolean;
  /** Where the list ended when it was touched. */
  held: { view: number; end: number } | null;
  chosen: Chosen | null;
  opened: OpenedDelivery | null;
  failure: HostError | null;
  side: Side;
  saving: Saving | null;
  /** What a search of the journal found; null while the list is live. */
  found: FoundTraffic | null;
  searching: boolean;
  /** Why a search broke off; what it had found stays. */
  searchFailure: HostError | null;

  /** Told by the host. */
  told(news: TrafficNews): void;
  /** Another profile is in front: its deliveries are others. */
  anotherFront(): void;
  /** Looks at rows; the last one that is asked for wins. */
  look(at: number | null, count: number): Promise<void>;
  write(filter: string): void;
  /** Applies what stands in the bar, once it can be read. */
  apply(filter: string): Promise<void>;
  hold(): void;
  follow(): void;
  pause(): void;
  choose(chosen: Chosen | null): void;
  open(chosen: Chosen): Promise<void>;
  show(side: Side): void;
  close(): void;
  /** Asks for a name to save something under. */
  save(saving: Saving | null): void;
  /** Looks through the journal until there is enough to show, its end, or a stop; further back
   * than before where that is wanted. */
  search(further: boolean): Promise<void>;
  stopSearch(): void;
  live(): void;
}

export type TrafficStore = StoreApi<TrafficState>;

export function createTraffic(host: Host): TrafficStore {
  const { traffic } = host;
  let count = 60;
  let asked = 0;
  // The filter that was asked for last: what scrolls or grows meanwhile looks through it too.
  let wanted = "";
  let searches = 0;
  /** What there is where nothing is searched; an answer that comes later is not taken. */
  const unsearched = () => {
    searches += 1;
    return { found: null, searching: false, searchFailure: null };
  };
  return createStore<TrafficState>()((set, get) => ({
    news: null,
    filter: "",
    applied: "",
    follows: true,
    paused: false,
    held: null,
    chosen: null,
    opened: null,
    failure: null,
    side: { shows: "nothing" },
    saving: null,
    found: null,
    searching: false,
    searchFailure: null,

    told: (news) => {
      const before = get().news;
      // An answer that was overtaken by what was told since.
      if (before && news.number < before.number) return;
      // Only another engine has seen fewer: after a reset, what was found is of another journal.
      if (before && news.counts.deliveries < before.counts.deliveries) set(unsearched());
      // A list that begins anew after a reset has nothing of what was held.
      if (before && before.view !== news.view && !get().follows) {
        set({ news, held: { view: news.view, end: news.end } });
      } else {
        set({ news });
      }
      const { chosen, opened } = get();
      if (!before || !chosen || !same(opened, chosen)) return;
      const was = resultOf(before, chosen);
      const is = resultOf(news, chosen);
      if (was === undefined || is === undefined || was === is) return;
      // Something became of what is open. Where it cannot be read again, it stays as it is.
      void traffic.open(chosen.delivery, chosen.refused ?? null).then(
        (opened) => {
          if (get().chosen === chosen && get().opened) set({ opened });
        },
        () => undefined,
      );
    },
    anotherFront: () => {
      const { side, paused, held } = get();
      set({
        ...unsearched(),
        chosen: null,
        opened: null,
        failure: null,
        saving: null,
        follows: !paused,
        held: paused ? held : null,
        side: sideOfAnother(side),
      });
    },
    look: async (at, rows) => {
      count = rows;
      asked += 1;
      const mine = asked;
      try {
        const news = await traffic.look({ filter: wanted, at, count: rows });
        if (mine === asked) get().told(news);
      } catch {
        // The filter was read before, so only a closing application does not answer.
      }
    },
    write: (filter) => set({ filter }),
    apply: async (filter) => {
      if (filter === wanted && get().news) return;
      wanted = filter;
      asked += 1;
      try {
        const news = await traffic.look({ filter, at: null, count });
        if (filter !== wanted) return;
        get().told(news);
        const { paused, news: newest } = get();
        const held = paused && newest ? heldBy(newest) : null;
        set({ ...unsearched(), applied: filter, follows: !paused, held });
      } catch {
        // What is wrong with it stands below the bar; the rows stay as they are.
        if (filter === wanted) wanted = get().applied;
      }
    },
    hold: () => {
      const { news, follows } = get();
      if (follows && news) set({ follows: false, held: heldBy(news) });
    },
    follow: () => set({ follows: true, paused: false, held: null }),
    pause: () => {
      get().hold();
      set({ paused: true });
    },
    choose: (chosen) => {
      get().hold();
      set({ chosen });
    },
    open: async (chosen) => {
      get().choose(chosen);
      set({ side: { shows: "delivery" }, failure: null });
      if (!same(get().opened, chosen)) set({ opened: null });
      try {
        const opened = await traffic.open(chosen.delivery, chosen.refused ?? null);
        if (get().chosen === chosen) set({ opened });
      } catch (thrown) {
        if (get().chosen === chosen) set({ failure: Failure.from(thrown) });
      }
    },
    show: (side) => set({ side }),
    close: () => set({ side: { shows: "nothing" }, opened: null, failure: null }),
    save: (saving) => set({ saving }),
    search: async (further) => {
      const { applied, found } = get();
      searches += 1;
      const mine = searches;
      let sum = further && found ? found : EMPTY;
      const enough = sum.rows.length + ENOUGH;
      set({ searching: true, found: sum, searchFailure: null });
      try {
        // Each step takes a moment only, so that it can be seen how far it is, and stopped.
        do {
          const page = await traffic.search(applied, sum.next);
          if (mine !== searches) return;
          const rows = [...sum.rows, ...page.rows];
          sum = { ...page, rows, lookedAt: sum.lookedAt + page.lookedAt };
          set({ found: sum });
        } while (sum.next !== null && sum.rows.length < enough && get().searching);
      } catch (thrown) {
        // What was found stays, and a further search goes on where this one broke off.
        if (mine === searches) set({ searchFailure: Failure.from(thrown) });
      } finally {
        if (mine === searches) set({ searching: false });
      }
    },
    stopSearch: () => set({ searching: false }),
    live: () => set({ ...unsearched(), follows: true, paused: false, held: null }),
  }));
}

const EMPTY: FoundTraffic = { rows: [], next: null, lookedAt: 0, reached: null };

/** Rows that a search shows before somebody asks for more. */
const ENOUGH = 200;

/** What stays of the right half when another profile comes in front: what somebody writes, and
 * what came of sending many, without the deliveries themselves. */
function sideOfAnother(side: Side): Side {
  switch (side.shows) {
    case "compose":
      return side;
    case "many":
      return { shows: "many", deliveries: [] };
    default:
      return { shows: "nothing" };
  }
}

const heldBy = (news: TrafficNews) => ({ view: news.view, end: news.end });

function same(opened: OpenedDelivery | null, chosen: Chosen): boolean {
  return opened !== null && opened.deliveryId !== null && opened.deliveryId === chosen.delivery;
}

/** What became of a chosen delivery, where it is in sight. */
function resultOf(news: TrafficNews, chosen: Chosen): RowResult | undefined {
  const is = (row: TrafficRow) =>
    row.deliveryId === chosen.delivery && (chosen.number === 0 || row.number === chosen.number);
  return news.rows.find(is)?.result;
}

/** A row as something that can be chosen. */
export function chosenOf(row: TrafficRow): Chosen {
  const { number, deliveryId, refusedId, index, at } = row;
  return { number, delivery: deliveryId, refused: refusedId, index, at };
}

export function isChosen(row: TrafficRow, chosen: Chosen | null): boolean {
  if (!chosen) return false;
  if (row.number > 0 || chosen.number > 0) return row.number === chosen.number;
  if (row.refusedId !== null) return row.refusedId === chosen.refused;
  return row.deliveryId === chosen.delivery && row.index === chosen.index;
}
