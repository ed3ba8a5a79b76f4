/** What Conversations shows: who is in sight, the search, and who is open. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  AccountId,
  ContactId,
  Host,
  HostError,
  OpenedContact,
  PeopleLook,
  PeopleNews,
  PersonRow,
  Picked,
} from "@/host";
import { HostError as Failure } from "@/host";
import { keepUnchanged } from "@/shared/structure";
import { nameOf } from "./names";

/** One contact of one account. */
export interface Whom {
  account: AccountId;
  contact: ContactId;
}

export interface ConversationsState {
  news: PeopleNews | null;
  look: PeopleLook;
  chosen: Whom | null;
  /** The half at the right is there. */
  open: boolean;
  opened: OpenedContact | null;
  failure: HostError | null;
  /** Why the list could not be read. */
  listFailure: HostError | null;
  /** Who is chosen, to do something for all of them; by `keyOf`. */
  picked: ReadonlyMap<string, Picked>;
  /** The row from which a range is chosen: its place in the list. */
  anchor: number | null;

  /** Told by the host. */
  told(news: PeopleNews): void;
  /** Looks at something else; from the beginning of the list, unless a place is said. */
  change(look: Partial<PeopleLook>): Promise<void>;
  choose(whom: Whom | null): void;
  show(whom: Whom): Promise<void>;
  /** Reads who is open anew. */
  renew(): Promise<void>;
  /** Adds what was said before the history that is shown. */
  earlier(): Promise<void>;
  close(): void;
  /** Chooses somebody, or not any more; the place is that of their row. */
  pick(row: PersonRow, at: number): void;
  /** Chooses everybody from the last one who was chosen up to this place. */
  pickTo(at: number): Promise<void>;
  /** Chooses everybody in the list, as many as are allowed at once. */
  pickAll(): Promise<void>;
  pickNobody(): void;
}

/** So many can be chosen at once. */
export const MOST_PICKED = 5_000;

const NOBODY: ReadonlyMap<string, Picked> = new Map();

export type ConversationsStore = StoreApi<ConversationsState>;

export const EVERYBODY: PeopleLook = {
  list: "standing",
  text: "",
  accountId: null,
  automationId: null,
  state: null,
  order: "oldest",
  kind: null,
  at: 0,
  count: 60,
};

export function createConversations(host: Host): ConversationsStore {
  const { conversations } = host;
  let asked = 0;
  let opening = 0;
  return createStore<ConversationsState>()((set, get) => {
    const add = (people: readonly Picked[]) => {
      const picked = new Map(get().picked);
      for (const one of people) {
        if (picked.size >= MOST_PICKED) break;
        picked.set(keyOf(one), one);
      }
      set({ picked });
    };
    return {
      news: null,
      look: EVERYBODY,
      chosen: null,
      open: false,
      opened: null,
      failure: null,
      listFailure: null,
      picked: NOBODY,
      anchor: null,

      told: (news) => {
        const { look, news: before, open } = get();
        // It answers a look of a moment ago.
        if (!sameLook(news.look, look)) return;
        // They were chosen in another profile.
        if (before && before.profile !== news.profile) get().pickNobody();
        set({ news: keepUnchanged(before, news), listFailure: null });
        if (open && before && before.beat !== news.beat) void get().renew();
      },
      change: async (change) => {
        const look = { ...get().look, at: 0, ...change };
        // Nobody stays chosen who may not be in the list any more.
        if (!sameList(look, get().look)) get().pickNobody();
        asked += 1;
        const mine = asked;
        set({ look });
        try {
          const news = await conversations.look(look);
          if (mine === asked) get().told(news);
        } catch (thrown) {
          if (mine === asked) set({ listFailure: Failure.from(thrown) });
        }
      },
      choose: (chosen) => set({ chosen }),
      show: async (whom) => {
        const same = isSame(get().chosen, whom) && get().opened;
        set({ chosen: whom, open: true, failure: null, ...(same ? {} : { opened: null }) });
        await get().renew();
      },
      renew: async () => {
        const { chosen } = get();
        if (!chosen) return;
        opening += 1;
        const mine = opening;
        try {
          const fresh = await conversations.open(chosen.account, chosen.contact);
          if (mine !== opening || !isSame(get().chosen, chosen)) return;
          const before = get().opened;
          set({ opened: keepUnchanged(before, withEarlier(before, fresh)), failure: null });
        } catch (thrown) {
          if (mine === opening) set({ failure: Failure.from(thrown) });
        }
      },
      earlier: async () => {
        const { chosen, opened } = get();
        if (!chosen || !opened || opened.earlier === null) return;
        try {
          const page = await conversations.earlier(chosen.account, chosen.contact, opened.earlier);
          if (get().opened !== opened) return;
          const history = [...page.history, ...opened.history];
          set({ opened: { ...opened, history, earlier: page.earlier } });
        } catch (thrown) {
          set({ failure: Failure.from(thrown) });
        }
      },
      close: () => {
        opening += 1;
        set({ open: false, opened: null, failure: null });
      },
      pick: (row, at) => {
        const picked = new Map(get().picked);
        const key = keyOf(row);
        if (!picked.delete(key) && picked.size < MOST_PICKED) picked.set(key, pickedOf(row));
        set({ picked, anchor: at });
      },
      pickTo: async (at) => {
        const { anchor, news, look } = get();
        if (!news) return;
        const from = Math.min(anchor ?? at, at);
        const count = Math.abs((anchor ?? at) - at) + 1;
        const first = from - news.look.at;
        const inSight = news.rows.slice(Math.max(0, first), first + count);
        if (anchor === null) set({ anchor: at });
        if (first >= 0 && inSight.length === count) {
          add(inSight.map(pickedOf));
          return;
        }
        add(await conversations.pick({ ...look, at: from, count: Math.min(count, MOST_PICKED) }));
      },
      pickAll: async () => {
        const { look, news } = get();
        if (!news) return;
        set({ picked: NOBODY });
        const all = news.rows.length === news.total;
        add(
          all
            ? news.rows.map(pickedOf)
            : await conversations.pick({ ...look, at: 0, count: MOST_PICKED }),
        );
      },
      pickNobody: () => set({ picked: NOBODY, anchor: null }),
    };
  });
}

/** Who somebody is among those who are chosen. */
export function keyOf({ accountId, contactId }: Pick<PersonRow, "accountId" | "contactId">) {
  return `${accountId} ${contactId}`;
}

/** Somebody who is chosen, as they stand now. */
function pickedOf(row: PersonRow): Picked {
  const { accountId, contactId } = row;
  return { accountId, contactId, name: nameOf(row), seen: row.stands?.since ?? null };
}

/** Whether both look at the same list, whatever part and order of it. */
function sameList(one: PeopleLook, other: PeopleLook): boolean {
  return sameLook({ ...one, at: 0, count: 0 }, { ...other, at: 0, count: 0 });
}

/** A history that was read anew keeps what was added before its beginning. */
function withEarlier(before: OpenedContact | null, fresh: OpenedContact): OpenedContact {
  const samePerson =
    before?.person.contactId === fresh.person.contactId &&
    before.person.accountId === fresh.person.accountId;
  const first = fresh.history[0];
  if (!before || !samePerson || !first || before.earlier === fresh.earlier) return fresh;
  const older = before.history.filter((entry) => entry.at < first.at);
  return { ...fresh, history: [...older, ...fresh.history], earlier: before.earlier };
}

export function sameLook(one: PeopleLook, other: PeopleLook): boolean {
  return (Object.keys(one) as (keyof PeopleLook)[]).every((key) => one[key] === other[key]);
}

export function whomOf(row: PersonRow): Whom {
  return { account: row.accountId, contact: row.contactId };
}

export function isSame(one: Whom | null, other: Whom | null): boolean {
  return one?.account === other?.account && one?.contact === other?.contact;
}

/** Whether anything but everybody is looked for. */
export function isNarrowed(look: PeopleLook): boolean {
  const { text, accountId, automationId, state, kind } = look;
  if (text.trim() !== "" || accountId !== null) return true;
  return look.list === "contacts" ? kind !== null : automationId !== null || state !== null;
}
