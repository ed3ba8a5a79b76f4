/** A cache that is made up once: for the browser and for tests. */

import type {
  CacheNews,
  CachePoint,
  CacheRow,
  Collection,
  CollectionPoint,
  KeyRow,
  OpenedKey,
  ScanFinding,
} from "../bindings";
import type { CacheHost } from "../cache";
import { HostError } from "../host";

const AT = 1_790_000_000_000;
const ACCOUNT = "17841400000000001";
export const STATE = `user_state:${ACCOUNT}:900000000000011`;

const NOTHING: CollectionPoint = {
  reads: 0,
  nearHits: 0,
  sharedHits: 0,
  negativeHits: 0,
  misses: 0,
  bypasses: 0,
  stale: 0,
  errors: 0,
  writes: 0,
  invalidations: 0,
  heard: 0,
  mean: null,
  p50: null,
  p99: null,
  missMean: null,
};

const came = (reads: number, misses: number): CollectionPoint => ({
  ...NOTHING,
  reads,
  nearHits: reads - misses,
  misses,
  mean: 20,
  p50: 9,
  p99: 900,
  missMean: misses > 0 ? 1_800 : null,
});

const point = (second: number): CachePoint => ({
  at: AT + second * 1_000,
  millis: 1_000,
  workspace: came(20, second % 20 === 0 ? 1 : 0),
  automations: { ...came(15, 1), invalidations: second === 30 ? 2 : 0 },
  userState: came(15, 2),
  contact: { ...came(1, 0), nearHits: 0, bypasses: 1 },
  server: {
    memoryBytes: 1_200_000 + second * 1_000,
    commandsPerSecond: null,
    clients: null,
    keys: 3,
    evicted: 0,
    expired: second % 7 === 0 ? 1 : 0,
    hits: 40,
    misses: 3,
  },
});

const tier = (reads: number, p50: number, expired = 0) => ({
  reads,
  expired,
  mean: p50,
  p50,
  p99: p50 * 10,
});

const row = (
  collection: Collection,
  reads: number,
  misses: number,
  target: number | null,
): CacheRow => ({
  collection,
  rate: target === null ? 0 : (reads - misses) / reads,
  target,
  perMinute: reads,
  total: came(reads, misses),
  near: tier(reads - misses, 9, collection === "automations" ? misses : 0),
  shared: tier(0, 0, Math.floor(misses / 3)),
  store: tier(misses, 1_800),
  ttlMs: target === null ? null : 3_600_000,
});

const keyRow = (key: string, expiresAt: number | null): KeyRow => ({ key, expiresAt, bytes: 412 });

const opened = (key: string): OpenedKey => {
  const differs = key === STATE;
  const lines = (state: string) => [
    { depth: 0, text: "{", differs: false },
    { depth: 1, text: `"accountId": "${ACCOUNT}",`, differs: false },
    { depth: 1, text: `"state": "${state}"`, differs },
    { depth: 0, text: "}", differs: false },
  ];
  return {
    row: keyRow(key, AT + 3_600_000),
    collection: "user_state",
    idleMs: 4_000,
    agreement: differs ? "differs" : "same",
    cached: lines("awaiting_email"),
    stored: lines(differs ? "awaiting_opening_response" : "awaiting_email"),
    isStored: true,
    differences: differs
      ? [
          {
            path: "/state",
            cached: '"awaiting_email"',
            stored: '"awaiting_opening_response"',
            matters: true,
          },
        ]
      : [],
    readAt: AT,
  };
};

/** The news of a minute, over five of them. */
export function news(change: Partial<CacheNews> = {}): CacheNews {
  return {
    front: 1,
    span: "five_minutes",
    source: { of: "window" },
    begunAt: AT,
    at: AT + 60_000,
    now: AT,
    guard: "offline",
    rows: [
      row("workspace", 1_200, 3, 0.95),
      row("automations", 900, 60, 0.9),
      row("user_state", 900, 120, 0.99),
      row("contact", 60, 0, null),
    ],
    first: 0,
    from: 0,
    points: Array.from({ length: 60 }, (_, second) => point(second + 1)),
    workers: [],
    servers: [
      {
        address: "",
        name: "Memory",
        role: "",
        memoryBytes: 1_260_000,
        memoryLimit: 33_554_432,
        policy: "least recently used first",
        keys: 3,
        evicted: 0,
        expired: 8,
        hits: 2_400,
        misses: 180,
        clients: null,
        commandsPerSecond: null,
        uptimeMs: null,
      },
    ],
    serversFailed: null,
    alerts: [
      {
        collection: "user_state",
        rate: 0.8666,
        target: 0.99,
        reason: "first_reads",
        says: "120 misses, and few are known to come from what expired, was evicted or invalidated: most of this was asked for the first time.",
        toDo: "After a start this passes by itself.",
      },
    ],
    slow: [
      {
        at: AT + 2_000,
        key: STATE,
        collection: "user_state",
        tier: "store",
        outcome: "miss",
        micros: 4_200,
      },
    ],
    scan: null,
    ...change,
  };
}

export function cacheInMemory(): CacheHost {
  const keys = new Map<Collection, KeyRow[]>([
    ["user_state", [keyRow(STATE, AT + 3_600_000), keyRow(`user_state:${ACCOUNT}:12`, null)]],
    ["automations", [keyRow("automation:bakery:dm_automation:all", AT + 1_800_000)]],
    ["workspace", [keyRow(`workspace:${ACCOUNT}`, AT + 1_800_000)]],
  ]);
  let tell: ((told: CacheNews) => void) | null = null;
  let span: CacheNews["span"] = "five_minutes";
  let scan: CacheNews["scan"] = null;
  const findings: ScanFinding[] = [
    {
      row: keyRow(STATE, AT + 3_600_000),
      collection: "user_state",
      problems: ["different"],
    },
    {
      row: keyRow(`user_state:${ACCOUNT}:12`, null),
      collection: "user_state",
      problems: ["without_expiry"],
    },
  ];
  const push = () => tell?.(news({ span, scan }));
  const forget = (isGone: (key: string) => boolean): number => {
    let removed = 0;
    for (const [collection, rows] of keys) {
      const kept = rows.filter((each) => !isGone(each.key));
      removed += rows.length - kept.length;
      keys.set(collection, kept);
    }
    for (const gone of findings.filter((each) => isGone(each.row.key))) {
      findings.splice(findings.indexOf(gone), 1);
    }
    if (scan) scan = { ...scan, listed: findings.length };
    push();
    return removed;
  };
  return {
    watch(wanted, _source, onNews) {
      span = wanted;
      tell = onNews;
      queueMicrotask(push);
      return () => {
        tell = null;
      };
    },
    keys: async ({ collection, text }) => ({
      keys: (keys.get(collection) ?? []).filter((each) => each.key.includes(text)),
      next: null,
      lookedAt: 4,
    }),
    open: async (key) => {
      const known = [...keys.values()].flat().some((each) => each.key === key);
      if (!known) {
        throw new HostError({
          code: "not_found",
          message: `${key} is not in the cache any more: its time was over, or somebody removed it.`,
        });
      }
      return opened(key);
    },
    invalidate: async (names) => ({
      removed: forget((key) => names.includes(key)),
      isAnnounced: false,
      heard: null,
      obeyed: null,
    }),
    invalidateAll: async (collection) => {
      const rows = keys.get(collection) ?? [];
      const names = rows.map((each) => each.key);
      return {
        removed: forget((key) => names.includes(key)),
        isAnnounced: false,
        heard: null,
        obeyed: null,
      };
    },
    scan: async () => {
      scan = {
        number: (scan?.number ?? 0) + 1,
        state: "finished",
        failure: null,
        lookedAt: 4,
        total: 4,
        counts: [
          {
            collection: "user_state",
            keys: 2,
            bytes: 824,
            withoutExpiry: 1,
            orphans: 0,
            different: 1,
            unreadable: 0,
          },
        ],
        listed: findings.length,
        notListed: 0,
        beganAt: AT,
        endedAt: AT + 300,
      };
      push();
      return scan;
    },
    cancelScan: async () => undefined,
    findings: async () => [...findings],
  };
}
