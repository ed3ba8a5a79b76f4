/** Traffic that is made up once: for the browser and for tests. */

import type {
  Checked,
  FoundTraffic,
  OpenedDelivery,
  Replayed,
  SavedFilter,
  Sending,
  TrafficNews,
  TrafficRow,
  WebhookTemplate,
} from "../bindings";
import { HostError } from "../host";
import type { TrafficHost } from "../traffic";

const AT = 1_790_000_000_000;
const BODY =
  '{"object":"instagram","entry":[{"id":"17841400000000001","time":1790000000500,"messaging":[{"sender":{"id":"900000000000011"},"recipient":{"id":"17841400000000001"},"timestamp":1790000000123,"message":{"mid":"m1","text":"The menu, please"}}]}]}';

export const row = (number: number, change: Partial<TrafficRow> = {}): TrafficRow => ({
  number,
  at: AT + number * 1_000,
  deliveryId: number,
  index: 0,
  events: 1,
  source: "listener",
  worker: null,
  kind: "dm_text",
  accountId: "17841400000000001",
  contactId: "900000000000011",
  username: null,
  text: "The menu, please",
  automationId: "menu",
  automation: "Menu",
  reason: "started",
  result: "sent",
  refusal: null,
  refusedId: null,
  micros: 4_200,
  ...change,
});

const ROWS: readonly TrafficRow[] = [
  row(1),
  row(2, {
    kind: "comment",
    username: "ana.example",
    text: "price please",
    automation: "Price list",
    result: "failed",
    micros: 52_000,
  }),
  row(3, {
    kind: "dm_text",
    text: "hello",
    automation: null,
    automationId: null,
    reason: "no_match",
    result: "nothing",
    micros: 800,
  }),
  row(4, {
    deliveryId: null,
    refusedId: 1_790_000_004_000_000,
    index: null,
    kind: null,
    accountId: null,
    contactId: null,
    text: "No signature: the header is missing",
    automation: null,
    automationId: null,
    reason: null,
    result: "refused",
    refusal: "signature",
    micros: null,
  }),
];

const opened = (delivery: number | null): OpenedDelivery => ({
  deliveryId: delivery,
  receivedAt: AT,
  source: "listener",
  worker: null,
  peer: "127.0.0.1:50412",
  headers: [
    { name: "content-type", value: "application/json" },
    { name: "user-agent", value: "facebookplatform/1.0" },
  ],
  signature:
    delivery === null
      ? {
          state: "missing",
          secret: null,
          summary: "No signature: the header is missing",
          advice: "The request has no X-Hub-Signature-256 header. Look who else is posting.",
        }
      : {
          state: "good",
          secret: "this window",
          summary: "Signature holds",
          advice: "The body is signed with the app secret “this window”.",
        },
  body: delivery === null ? null : BODY,
  bodyBytes: delivery === null ? 0 : BODY.length,
  decisions: [],
  sends: [],
  spans:
    delivery === null
      ? []
      : [
          {
            kind: "listener",
            label: "Listener: read, verified, durable",
            index: null,
            from: 0,
            micros: 1_200,
          },
          {
            kind: "decide",
            label: "Engine: routed, decided, committed",
            index: 0,
            from: 1_400,
            micros: 1_600,
          },
          {
            kind: "send",
            label: "Instagram: the opening message",
            index: null,
            from: 3_000,
            micros: 1_200,
          },
        ],
  story: [
    { text: "127.0.0.1:50412 posted 247 bytes to the listener.", tone: "plain" },
    delivery === null
      ? { text: "The listener refused it: no signature.", tone: "failed" }
      : { text: "“Menu” started, because of the keyword “menu”.", tone: "good" },
  ],
});

const TEMPLATES: readonly WebhookTemplate[] = [
  {
    name: "dm_text.plain",
    title: "A direct message",
    about: "The ordinary text message.",
    kind: "dm_text",
    body: BODY,
    own: false,
  },
  {
    name: "comment.on_post",
    title: "A comment on a post",
    about: "The ordinary comment.",
    kind: "comment",
    body: '{"object":"instagram","entry":[]}',
    own: false,
  },
];

/** A replay of which nothing has come yet. */
export const replay = (change: Partial<Replayed> = {}): Replayed => ({
  original: null,
  deliveryId: null,
  answered: null,
  firstAnswer: null,
  comparison: null,
  outcome: null,
  notCompared: null,
  error: null,
  ...change,
});

/** Another server refuses everything; the engine does otherwise than before. */
function replayed({ deliveryId, target }: Sending): Replayed {
  if (target.to === "url") {
    return replay({
      original: deliveryId,
      answered: { status: 401, phrase: "Unauthorized", body: "{}", micros: 900 },
    });
  }
  const before = { what: "Why", before: "started", after: "handled before", same: false };
  const kind = { what: "Kind", before: "dm_text", after: "dm_text", same: true };
  return replay({
    original: deliveryId,
    deliveryId: 9,
    comparison: deliveryId === null ? null : { same: false, lines: [before, kind] },
    outcome: { events: [] },
    notCompared: deliveryId === null ? "nothing_before" : null,
  });
}

/** Rows whose filter is understood as far as `kind:` and `result:` and words go. */
export function trafficInMemory(rows: readonly TrafficRow[] = ROWS): TrafficHost {
  let saved: SavedFilter[] = [];
  let stopped = false;
  let view = 1;
  let filter = "";
  const wants = (one: TrafficRow) =>
    filter
      .split(/\s+/)
      .filter(Boolean)
      .every((term) => {
        const [field, value] = term.split(":");
        if (field === "kind") return one.kind === value;
        if (field === "result") return one.result === value;
        return `${one.text} ${one.username}`.toLowerCase().includes(term.toLowerCase());
      });
  const whole = (): FoundTraffic => ({
    rows: rows.filter(wants).map((one) => ({ ...one, number: 0 })),
    next: null,
    lookedAt: rows.length,
    reached: null,
  });
  let told = 0;
  const news = (at: number | null, count: number): TrafficNews => {
    const wanted = rows.filter(wants);
    const from = at ?? Math.max(0, wanted.length - count);
    told += 1;
    return {
      number: told,
      view,
      counts: {
        deliveries: 3,
        events: 3,
        sent: 1,
        failed: 1,
        refused: 1,
        missed: 0,
        lost: 0,
        leftOut: 0,
      },
      first: 0,
      end: wanted.length,
      at: from,
      rows: wanted.slice(from, from + count),
      elsewhere: null,
    };
  };
  const check = (body: string): Checked => {
    try {
      JSON.parse(body);
      return { problem: null, events: body.includes("messaging") ? ["dm_text"] : [] };
    } catch {
      return { problem: { line: 1, column: 1, message: "expected value." }, events: [] };
    }
  };
  return {
    watch: (onNews) => {
      onNews(news(null, 60));
      return () => undefined;
    },
    look: async (look) => {
      if (look.filter !== filter) view += 1;
      filter = look.filter;
      return news(look.at, look.count);
    },
    wanted: async () => rows.filter(wants).flatMap((one) => one.deliveryId ?? []),
    filter: async (text) => ({
      error: /\bkinds:/.test(text)
        ? { at: 0, length: text.length, message: "There is no field “kinds”." }
        : null,
      completions:
        text === "ki"
          ? [{ label: "kind:", about: "the kind of event", insert: "kind:", from: 0, to: 2 }]
          : [],
    }),
    search: async () => whole(),
    find: async () => whole(),
    open: async (delivery) => opened(delivery),
    send: async (sending) => replayed(sending),
    sendAll: async (sendings, onProgress) => {
      const all: Replayed[] = [];
      stopped = false;
      for (const sending of sendings) {
        onProgress({ done: all.length, of: sendings.length });
        // A moment, as a real one takes, in which somebody can stop it.
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (stopped) return { replayed: all, ended: "stopped" };
        all.push(replayed(sending));
      }
      return { replayed: all, ended: "finished" };
    },
    stopSending: async () => {
      stopped = true;
    },
    check: async (body) => check(body),
    templates: async () => [...TEMPLATES],
    curl: async (body) => ({
      line: `curl -i 'http://127.0.0.1:8787' --data-binary '${body}'`,
      isRunning: true,
    }),
    saveFixture: async (name) => ({ name: `${name}.json`, path: `/data/${name}.json` }),
    saveScenario: async (_delivery, name) => ({
      name: `${name}.yaml`,
      path: `/data/${name}.yaml`,
      passes: true,
    }),
    filters: async () => saved,
    saveFilter: async (name, text) => {
      if (name.trim() === "") {
        throw new HostError({ code: "invalid", message: "Give the filter a name." });
      }
      saved = [...saved.filter((one) => one.name !== name), { name, filter: text }];
      return saved;
    },
    forgetFilter: async (name) => {
      saved = saved.filter((one) => one.name !== name);
      return saved;
    },
  };
}
