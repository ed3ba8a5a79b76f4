/** Who stands where, in memory: for tests and a plain browser. */

import type {
  Awaiting,
  OpenedContact,
  PeopleLook,
  PeopleNews,
  PersonChange,
  PersonRow,
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
}

export function conversationsInMemory({
  people = PEOPLE,
  guard = "offline",
}: Options = {}): ConversationsHost {
  let rows = [...people];
  let beat = 0;
  let looked: PeopleLook | null = null;
  const watchers = new Set<(news: PeopleNews) => void>();
  const news = (look: PeopleLook): PeopleNews => {
    const words = look.text.trim().toLowerCase();
    const found = rows.filter(({ name, username, contactId }) =>
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
      failure: null,
    };
  };
  const changed = (change: PersonChange, to: (row: PersonRow) => PersonRow) => {
    rows = rows.map((row) => (row.contactId === change.contactId ? to(row) : row));
    beat += 1;
    if (looked) for (const watcher of watchers) watcher(news(looked));
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
      changed(change, (row) => {
        switch (what) {
          case "release":
            return { ...row, stands: null };
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
    },
    exportContacts: async (look) => ({
      path: "/data/contacts.csv",
      contacts: news(look).total,
    }),
  };
}
