/** What Conversations shows: who is in sight, the search, and who is open. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  AccountId,
  ChangeKind,
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

/** What can be set by hand for one contact. */
export type Asking = Exclude<ChangeKind["change"], "put_back">;

export interface ConversationsState {
  news: PeopleNews | null;
  look: PeopleLook;
  /** The row that the keys are at. */
  chosen: Whom | null;
  /** Who is open in the half at the right. */
  shown: Whom | null;
  opened: OpenedContact | null;
  /** Why who is open could not be read; what is in `opened` was read before that. */
  failure: HostError | null;
  /** Why what was said before could not be read. */
  earlierFailure: HostError | null;
  /** What a row's menu wants asked about who is open, once all of it is there to be looked at. */
  wish: Asking | null;
  /** Why the list could not be read. */
  listFailure: HostError | null;
  /** Who is chosen, to do something for all of them; by `keyOf`. */
  picked: ReadonlyMap<string, Picked>;
  /** The row from which a range is chosen, by `keyOf`, and where it stood then. */
  anchor: { key: string; at: number } | null;

  /** Told by the host. */
  told(news: PeopleNews): void;
  /** Another profile is in front: nothing that is open, chosen or asked has to do with it. */
  anotherFront(): void;
  /** Looks at something else; from the beginning of the list, unless a place is said. */
  change(look: Partial<PeopleLook>): Promise<void>;
  choose(whom: Whom | null): void;
  /** Opens somebody, and asks something about them where that is wanted. */
  show(whom: Whom, wish?: Asking): Promise<void>;
  /** Reads who is open anew. */
  renew(): Promise<void>;
  /** Adds what was said before the history that is shown. */
  earlier(): Promise<void>;
  close(): void;
  /** Chooses somebody, or not any more; the place is that of their row. */
  pick(row: PersonRow, at: number): void;
  /** Chooses everybody from the last one who was chosen up to this row; where that one is not
   * in the list any more, this one alone. */
  pickTo(row: PersonRow, at: number): Promise<void>;
  /** Chooses everybody in the list, as many as are allowed at once. */
  pickAll(): Promise<void>;
  pickNobody(): void;
}

/** So many can be chosen at once. */
export const MOST_PICKED = 5_000;

/** By so many rows a list may have moved since a range in it was begun. */
const MOVED = 200;

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
  // Another number is another list to choose from.
  let choosing = 0;
  return createStore<ConversationsState>()((set, get) => {
    /** Rows of the list, whichever are in sight; null where they come too late for it. */
    const listed = async (look: PeopleLook): Promise<readonly Picked[] | null> => {
      const mine = choosing;
      try {
        const people = await conversations.pick(look);
        return mine === choosing ? people : null;
      } catch (thrown) {
        if (mine === choosing) throw thrown;
        return null;
      }
    };
    const leave = () => {
      asked += 1;
      get().close();
      get().pickNobody();
      set({ chosen: null });
    };
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
      shown: null,
      opened: null,
      failure: null,
      earlierFailure: null,
      wish: null,
      listFailure: null,
      picked: NOBODY,
      anchor: null,

      told: (news) => {
        const { look, news: before } = get();
        // It answers a look of a moment ago.
        if (!sameLook(news.look, look)) return;
        if (before && before.profile !== news.profile) leave();
        set({ news: keepUnchanged(before, news), listFailure: null });
        if (before && before.beat !== news.beat) void get().renew();
      },
      anotherFront: () => {
        leave();
        const { look, news } = get();
        // Accounts and automations are the profile's own.
        set({ news: null, listFailure: null });
        const change = { accountId: null, automationId: null, at: look.at };
        if (news) void get().change(change);
        else set({ look: { ...look, ...change } });
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
      show: async (whom, wish) => {
        const same = isSame(get().shown, whom);
        const anew = same ? {} : { opened: null, failure: null, earlierFailure: null };
        set({ ...anew, chosen: whom, shown: whom, wish: wish ?? null });
        await get().renew();
      },
      renew: async () => {
        const { shown } = get();
        if (!shown) return;
        opening += 1;
        const mine = opening;
        try {
          const fresh = await conversations.open(shown.account, shown.contact);
          if (mine !== opening) return;
          const before = get().opened;
          set({ opened: keepUnchanged(before, withEarlier(before, fresh)), failure: null });
        } catch (thrown) {
          // Nothing is asked later, when nobody expects it any more.
          if (mine === opening) set({ failure: Failure.from(thrown), wish: null });
        }
      },
      earlier: async () => {
        const { shown, opened } = get();
        if (!shown || !opened || opened.earlier === null) return;
        try {
          const page = await conversations.earlier(shown.account, shown.contact, opened.earlier);
          if (get().opened !== opened) return;
          const history = [...page.history, ...opened.history];
          set({ opened: { ...opened, history, earlier: page.earlier }, earlierFailure: null });
        } catch (thrown) {
          if (get().shown === shown) set({ earlierFailure: Failure.from(thrown) });
        }
      },
      close: () => {
        opening += 1;
        set({ shown: null, opened: null, failure: null, earlierFailure: null, wish: null });
      },
      pick: (row, at) => {
        const picked = new Map(get().picked);
        const key = keyOf(row);
        if (!picked.delete(key) && picked.size < MOST_PICKED) picked.set(key, pickedOf(row));
        set({ picked, anchor: { key, at } });
      },
      pickTo: async (row, at) => {
        const { anchor, news, look } = get();
        if (!news) return;
        const key = keyOf(row);
        let range: readonly Picked[] | null = null;
        if (anchor) {
          const inSight = between(news.rows, anchor.key, key);
          if (inSight) {
            add(inSight.map(pickedOf));
            return;
          }
          // One of them is out of sight, and may stand elsewhere by now.
          const up = at < anchor.at;
          const span = Math.abs(anchor.at - at) + 1 + 2 * MOVED;
          const count = Math.min(span, MOST_PICKED);
          const from = Math.max(0, up ? anchor.at + MOVED + 1 - count : anchor.at - MOVED);
          const people = await listed({ ...look, at: from, count });
          if (!people) return;
          // Of a longer range as many as are allowed, from where it was begun.
          const last = up ? people[0] : people.at(-1);
          range = between(people, anchor.key, key);
          if (span > count && last) range ??= between(people, anchor.key, keyOf(last));
        }
        add(range ?? [pickedOf(row)]);
        if (!range) set({ anchor: { key, at } });
      },
      pickAll: async () => {
        const { look, news } = get();
        if (!news) return;
        get().pickNobody();
        const all = news.rows.length === news.total;
        const people = all
          ? news.rows.map(pickedOf)
          : await listed({ ...look, at: 0, count: MOST_PICKED });
        if (people) add(people);
      },
      pickNobody: () => {
        choosing += 1;
        set({ picked: NOBODY, anchor: null });
      },
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

/** Those from one to the other, whichever of them comes first; null where one is missing. */
function between<T extends Pick<PersonRow, "accountId" | "contactId">>(
  people: readonly T[],
  one: string,
  other: string,
): readonly T[] | null {
  const from = people.findIndex((each) => keyOf(each) === one);
  const to = people.findIndex((each) => keyOf(each) === other);
  if (from < 0 || to < 0) return null;
  return people.slice(Math.min(from, to), Math.max(from, to) + 1);
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
