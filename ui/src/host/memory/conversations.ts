/** Who stands where, in memory: for tests and a plain browser. */

import type {
  Awaiting,
  BulkChange,
  BulkNews,
  BulkOutcome,
  OpenedContact,
  PeopleLook,
  PeopleNews,
  PersonChange,
  PersonRow,
  Picked,
  StraysNews,
} from "../bindings";
import type { ConversationsHost } from "../conversations";
import { HostError } from "../host";

const NOW = 1_790_000_600_000;
const MINUTE = 60_000;
const ACCOUNT = "17841400000000001";

export function person(
  contact: string,
  name: string,
  state: Awaiting | null,
  minutes: number,
): PersonRow {
  return {
    accountId: ACCOUNT,
    contactId: contact,
    username: name.toLowerCase().replace(/\W+/g, "."),
    name,
    email: state === null ? `${contact}@example.org` : null,
    follows: state === null,
    unsubscribed: false,
    silencedUntil: null,
    lastMessageAt: NOW - minutes * MINUTE,
    firstSeenAt: NOW - 2 * minutes * MINUTE,
    stands: state && {
      state,
      automationId: "menu",
      automation: "Menu",
      asked: 1,
      since: NOW - minutes * MINUTE,
      expiresAt: NOW + (1_440 - minutes) * MINUTE,
      origin: { eventId: `m-${contact}`, kind: "dm_text", text: "the menu, please" },
    },
    onlyCached: null,
  };
}

const PEOPLE: readonly PersonRow[] = [
  person("901", "Maya Lindqvist", "awaiting_opening_response", 90),
  person("902", "Leo Okafor", "awaiting_email", 12),
  person("903", "Ana Ruiz", "awaiting_email", 3),
  person("904", "Tom Berg", null, 400),
];

function opened(row: PersonRow): OpenedContact {
  const at = row.stands?.since ?? NOW - MINUTE;
  return {
    person: row,
    now: NOW,
    toldBy: { told: "journal" },
    earlier: null,
    history: [
      {
        entry: "said",
        at,
        kind: "dm_text",
        text: "the menu, please",
        deliveryId: 1,
        eventId: `m-${row.contactId}`,
        summary: "“Menu” started: keyword “menu”.",
        automation: "Menu",
      },
      {
        entry: "stands",
        at,
        before: null,
        after: row.stands?.state ?? null,
        automation: "Menu",
        byHand: false,
      },
      {
        entry: "sent",
        at,
        what: "the opening message",
        text: "Want the menu?",
        buttons: ["Yes please"],
        state: "sent",
        error: null,
        deliveryId: 1,
      },
      { entry: "by_hand", at, summary: "The operator has subscribed the contact again." },
    ],
    cache: "Redis",
    documents: "MongoDB",
    holdings: [
      {
        what: "user_state",
        key: `user_state:${ACCOUNT}:${row.contactId}`,
        verdict: "differs",
        cached: '{ "state": "awaiting_email" }',
        expiresIn: 23 * 60 * MINUTE,
        forever: false,
        stored: '{ "state": "awaiting_opening_response" }',
        differences: [
          {
            field: "state",
            cached: '"awaiting_email"',
            stored: '"awaiting_opening_response"',
            matters: true,
          },
        ],
        behind: true,
      },
      {
        what: "contact",
        key: `contact:${ACCOUNT}:${row.contactId}`,
        verdict: "only_stored",
        cached: null,
        expiresIn: null,
        forever: false,
        stored: `{ "senderId": "${row.contactId}" }`,
        differences: [],
        behind: false,
      },
    ],
  };
}

interface Options {
  people?: readonly PersonRow[];
  guard?: PeopleNews["guard"];
  /** Whom only the cache has; without them there is no such list. */
  strays?: readonly PersonRow[];
  /** Contacts for whom nothing can be done, and why. */
  failing?: Readonly<Record<string, string>>;
}

export function conversationsInMemory({
  people = PEOPLE,
  guard = "offline",
  strays,
  failing = {},
}: Options = {}): ConversationsHost {
  let rows = [...people];
  let walk: StraysNews | null = null;
  let bulk: BulkNews | null = null;
  let outcomes: BulkOutcome[] = [];
  let taken: { number: number; rows: PersonRow[] } = { number: 0, rows: [] };
  let numbers = 0;
  let beat = 0;
  let looked: PeopleLook | null = null;
  const watchers = new Set<(news: PeopleNews) => void>();
  const news = (look: PeopleLook): PeopleNews => {
    const words = look.text.trim().toLowerCase();
    const found = (look.list === "only_cached" ? (walk ? (strays ?? []) : []) : rows).filter(
      ({ name, username, contactId }) =>
        `${name} ${username} ${contactId}`.toLowerCase().includes(words),
    );
    const of = (state: Awaiting) => found.filter(({ stands }) => stands?.state === state).length;
    const wanted = found.filter(({ stands, unsubscribed, email }) =>
      look.list === "contacts"
        ? look.kind === null || (look.kind === "unsubscribed" ? unsubscribed : email !== null)
        : stands !== null && (look.state === null || stands.state === look.state),
    );
    return {
      look,
      beat,
      now: NOW,
      profile: "Bakery",
      guard,
      stateLife: 1_440 * MINUTE,
      funnel: {
        opening: of("awaiting_opening_response"),
        follow: of("awaiting_follow_confirmation"),
        email: of("awaiting_email"),
      },
      contacts: found.length,
      total: wanted.length,
      rows: wanted.slice(look.at, look.at + look.count),
      accounts: [{ id: ACCOUNT, username: "bakery", workspaceId: "w1" }],
      automations: [
        {
          id: "menu",
          name: "Menu",
          workspaceId: "w1",
          automationType: "dm_automation",
          isActive: true,
          states: ["awaiting_opening_response", "awaiting_email"],
        },
      ],
      hasCache: strays !== undefined,
      strays: walk,
      bulk,
      failure: null,
    };
  };
  const tellAll = () => {
    if (looked) for (const watcher of watchers) watcher(news(looked));
  };
  const take = (taking: PersonRow[]) => {
    numbers += 1;
    taken = { number: numbers, rows: taking };
    if (bulk) bulk = { ...bulk, kept: 0 };
    return numbers;
  };
  const begin = (change: BulkChange, chosen: readonly Picked[]): BulkNews => {
    const ended = (one: Picked): BulkOutcome => {
      const { accountId, contactId, name } = one;
      const row = rows.find((each) => each.contactId === contactId);
      const why = failing[contactId] ?? null;
      // An old state is still held of everybody, which a clear removes.
      const nothing = change === "release" && !row?.stands;
      const result = why ? "failed" : nothing ? "nothing" : "done";
      return { accountId, contactId, name, result, why };
    };
    outcomes = chosen.map(ended);
    const done = new Set(
      outcomes.filter((one) => one.result === "done").map((one) => one.contactId),
    );
    const back = new Map(taken.rows.map((row) => [row.contactId, row]));
    const before = rows.filter((row) => done.has(row.contactId) && row.stands);
    rows = rows.map((row) => {
      if (!done.has(row.contactId)) return row;
      return change === "put_back" ? (back.get(row.contactId) ?? row) : { ...row, stands: null };
    });
    const number = take(change === "put_back" ? [] : before);
    const of = (result: BulkOutcome["result"]) =>
      outcomes.filter((one) => one.result === result).length;
    bulk = {
      number,
      change,
      state: "finished",
      failure: null,
      total: chosen.length,
      done: of("done"),
      nothing: of("nothing"),
      movedOn: of("moved_on"),
      failed: of("failed"),
      kept: taken.rows.length,
    };
    beat += 1;
    tellAll();
    return bulk;
  };
  const changed = (change: PersonChange, to: (row: PersonRow) => PersonRow) => {
    rows = rows.map((row) => (row.contactId === change.contactId ? to(row) : row));
    beat += 1;
    tellAll();
  };
  return {
    watch: (onNews) => {
      watchers.add(onNews);
      if (looked) onNews(news(looked));
      return () => {
        watchers.delete(onNews);
      };
    },
    look: async (look) => {
      looked = look;
      return news(look);
    },
    open: async (_account, contact) => {
      const row = rows.find(({ contactId }) => contactId === contact);
      if (!row) {
        throw new HostError({ code: "not_found", message: "Nothing is known of this contact." });
      }
      return opened(row);
    },
    find: async (text) =>
      rows.filter(({ name, contactId }) =>
        `${name} ${contactId}`.toLowerCase().includes(text.trim().toLowerCase()),
      ),
    earlier: async () => ({ history: [], earlier: null }),
    set: async (change) => {
      const { change: what } = change.change;
      const before = rows.filter((row) => row.contactId === change.contactId && row.stands);
      changed(change, (row) => {
        switch (what) {
          case "release":
          case "clear":
            return { ...row, stands: null };
          case "put_back":
            return row;
          case "move":
            return row.stands && change.change.change === "move"
              ? { ...row, stands: { ...row.stands, state: change.change.state } }
              : row;
          case "subscribe":
          case "unsubscribe":
            return { ...row, unsubscribed: what === "unsubscribe" };
          case "end_takeover":
            return { ...row, silencedUntil: null };
        }
      });
      const takes = what === "release" || what === "clear";
      if (!takes || before.length === 0) return null;
      const number = take(before);
      tellAll();
      return number;
    },
    undo: async (number) => {
      if (number !== taken.number) {
        throw new HostError({ code: "conflict", message: "It cannot be undone any more." });
      }
      return begin(
        "put_back",
        taken.rows.map(({ accountId, contactId, name }) => ({
          accountId,
          contactId,
          name: name ?? contactId,
          seen: null,
        })),
      );
    },
    pick: async (look) =>
      news(look).rows.map(({ accountId, contactId, name, stands }) => ({
        accountId,
        contactId,
        name: name ?? contactId,
        seen: stands?.since ?? null,
      })),
    bulk: async (change, chosen) => begin(change, chosen),
    stopBulk: async () => undefined,
    bulkOutcomes: async () => outcomes,
    closeBulk: async () => {
      bulk = null;
      tellAll();
    },
    findStrays: async () => {
      const found = strays?.length ?? 0;
      walk = {
        number: 1,
        state: "finished",
        failure: null,
        lookedAt: 40,
        total: 40,
        found,
        notListed: 0,
      };
      tellAll();
      return walk;
    },
    stopStrays: async () => undefined,
    exportPeople: async (look, chosen) => ({
      path: look.list === "contacts" ? "/data/contacts.csv" : "/data/conversations.csv",
      contacts: chosen?.length ?? news(look).total,
    }),
  };
}
