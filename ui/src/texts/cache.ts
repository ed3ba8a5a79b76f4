/** What the screen Cache says. */

import type {
  AlertReason,
  CacheSpan,
  Collection,
  GuardLevel,
  Invalidated,
  KeyAgreement,
  ScanProblem,
  ScanState,
} from "@/host";
import { count, percent, plural } from "@/shared/number";

/** So many of those who obeyed are named. */
const NAMED = 4;

/** Those who obeyed, by their names as far as there is room. */
function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  const said = names.slice(0, NAMED).join(", ");
  return more > 0 ? `${said} and ${count(more)} more` : said;
}

/** Who was told that keys are not good any more, and who has said that they obeyed. */
function told({ isAnnounced, heard, obeyed }: Invalidated): string {
  if (!isAnnounced) return ".";
  if (heard === 0) return "; no other worker listens.";
  const who = heard === null ? null : plural(heard, "other worker", "other workers");
  if (!obeyed) return who ? `, and ${who} heard it.` : ", and every worker was told.";
  const { names } = obeyed;
  if (heard !== null && names.length >= heard) {
    return `; ${who} heard it and ${heard === 1 ? "has" : "have"} obeyed: ${named(names)}.`;
  }
  const began = who ? `; ${who} heard it` : ", and every worker was told";
  const rest =
    "Whoever only observes, is of an older version or is another application cannot say so.";
  return names.length === 0
    ? `${began}; none has said that it obeyed. ${rest}`
    : `${began}; ${names.length === 1 ? "1 said that it has" : `${count(names.length)} said that they have`} obeyed: ${named(names)}. ${rest}`;
}

/** One or more of a collection's keys, as a person says it. */
const things: Record<Collection, [string, string]> = {
  workspace: ["cached account", "cached accounts"],
  automations: ["cached set of automations", "cached sets of automations"],
  user_state: ["cached user state", "cached user states"],
  contact: ["cached contact", "cached contacts"],
};

const spans: Record<CacheSpan, string> = {
  five_minutes: "5 min",
  hour: "Hour",
  day: "Day",
};

const reasons: Record<AlertReason, string> = {
  errors: "cache cannot be read",
  bypass: "bypass",
  deaf: "Pub/Sub is down",
  eviction: "eviction",
  invalidation_storm: "invalidation storm",
  ttl_too_short: "time to live too short",
  first_reads: "first reads",
};

const agreements: Record<KeyAgreement, string> = {
  same: "As in the store",
  times: "As in the store but for times",
  differs: "Differs from the store",
  orphan: "No document in the store",
  unreadable: "Cannot be read",
  unknown: "No key of the engine",
};

const agreementHints: Record<KeyAgreement, string> = {
  same: "The cached copy and the document say the same.",
  times: "Only times differ, which changes no answer.",
  differs:
    "Workers answer by the cached copy until it expires or is invalidated; the document counts then.",
  orphan: "Something is cached of which there is no document. Workers rely on it until it expires.",
  unreadable: "A worker cannot read it either: it reads past the cache each time.",
  unknown:
    "The engine gives no key of this form, so no worker of it reads it. Another application may.",
};

const problems: Record<ScanProblem, string> = {
  without_expiry: "never expires",
  orphan: "no document",
  different: "differs",
  unreadable: "cannot be read",
};

const scanStates: Record<ScanState, string> = {
  running: "Looking through the cache…",
  finished: "The whole cache was looked through.",
  cancelled: "Stopped before the end.",
  failed: "Ended before the end.",
};

const refusals: Partial<Record<GuardLevel, string>> = {
  observe: "This profile is at observe, which only reads. Arm live to invalidate.",
};

export const cache = {
  spans,
  reasons,
  agreements,
  agreementHints,
  problems,
  scanStates,
  refusals,
  title: "Cache",
  spanLabel: "Time that is looked at",
  table: "Hit rates by collection",
  columns: {
    collection: "Collection",
    rate: "Hit rate",
    spark: "Over the time",
    target: "Target",
    perMinute: "A minute",
    time: "p50 · p99",
    tiers: "Answered by",
    miss: "A miss",
    changes: "Invalidated",
    expired: "Expired",
    trouble: "Stale, errors",
    ttl: "Lives",
  },
  columnHints: {
    rate: "The share of reads that a tier before the store answered",
    perMinute: "Reads, over the last minute",
    time: "Half of the reads, and 99 of 100, took at most so long",
    tiers: "This process' own copies, the shared cache, and the store",
    miss: "What a read takes on the average that the store has to answer",
    changes: "Keys that were invalidated here, or announced by anybody",
    expired: "Read for after its time was over; what only others loaded is not known here",
    trouble: "Reads that found what was no longer good, and failures of the cache",
    ttl: "How long what is cached lives",
  },
  nothingRead: "–",
  targetOf: (target: number) => `${percent(target)}`,
  perMinute: (reads: number) => `${count(Math.round(reads))}/min`,
  tier: { near: "near", shared: "shared", store: "store" },
  misses: (value: number) => `${plural(value, "load", "loads")} from the store`,
  stale: (value: number) => `${count(value)} stale`,
  errors: (value: number) => plural(value, "error", "errors"),
  bypasses: (value: number) => `${count(value)} past the cache`,
  negative: (value: number) => `${count(value)} known to be absent`,
  notCached: "read fresh",
  below: "Under its target",
  alerts: "What to look at",
  alertRate: (name: string, rate: string, target: string) => `${name} ${rate} of ${target}`,
  likely: (reason: string) => `likely ${reason}`,
  idle: {
    observe:
      "This window handles no events of this profile, so it reads nothing itself. Name its workers’ metrics in Connections to see their hit rates.",
    workers: "The workers have read nothing in this time.",
    nothing:
      "Nothing was read yet. Talk to an automation in the Simulator, or let webhooks come in.",
  },
  since: (time: string) => `since ${time}`,
  workers: {
    label: "Workers elsewhere",
    sourceLabel: "Whose figures are shown",
    window: "This window",
    all: (n: number) => `All workers · ${n}`,
    show: (address: string) => `Show only ${address}`,
    answers: "Answers",
    silent: "Does not answer",
    asking: "Asking it…",
    sameAs: (address: string) => `the same worker as ${address}, counted once`,
    answered: (time: string) => `It answered ${time} ago.`,
    up: (time: string) => `up ${time}`,
    restarts: (n: number) => `started again ${plural(n, "time", "times")}`,
    reads: (n: number) => `${plural(n, "read", "reads")} in this time`,
    sinceStart: (share: string, reads: string) => `${share} of ${reads} reads since its start`,
    sinceStartShort: "since its start",
    nothingSinceStart: "nothing read since its start",
    target: (share: string) => `target ${share}`,
  },
  server: {
    label: "The servers of the cache",
    own: "Memory of this process",
    memory: (used: string, limit: string | null) =>
      limit ? `${used} of ${limit}` : `${used}, no limit`,
    keys: (value: number) => plural(value, "key", "keys"),
    clients: (value: number) => plural(value, "client", "clients"),
    commands: (value: number) => `${count(value)} commands/s`,
    evicted: (value: number) => `${count(value)} evicted`,
    expired: (value: number) => `${count(value)} expired`,
    hits: (share: string) => `${share} hits`,
    hitsHint: "Of all look-ups since its start, by whomever and of whatever kind",
    up: (time: string) => `up ${time}`,
    failed: (why: string) => `The servers do not answer; these figures are older. ${why}`,
    asking: "Asking the servers…",
  },
  charts: {
    label: "What the left chart shows",
    rate: "Hit rate",
    tiers: "Tiers",
    time: "Time",
    loads: "Loads",
    changes: "Invalidations",
    serverLabel: "What the right chart shows",
    memory: "Memory",
    commands: "Commands",
    gone: "Expired, evicted",
    lookups: "Look-ups",
    connections: "Connections",
    keys: "Keys",
    none: "Nothing was read in this time.",
    noServer: "The server has no such figure.",
    expired: "expired",
    evicted: "evicted",
    hits: "hits",
    lookupMisses: "misses",
    used: "used",
    commandsName: "commands",
    connectionsName: "open",
    keysName: "keys",
    ticks: (value: number) => `${plural(value, "key", "keys")} invalidated`,
    show: (name: string) => `Show ${name}`,
    gap: (from: string, to: string) => `Nobody looked from ${from} to ${to}`,
    now: "now",
    ago: (time: string) => `${time} ago`,
    of: (name: string, from: string, latest: string) => `${name} since ${from}; latest ${latest}`,
  },
  panel: {
    label: "What is cached",
    keys: "Keys",
    scan: "Scan",
    slow: "Slowest",
  },
  keys: {
    collections: "Collection",
    filter: "Part of a key",
    placeholder: "Part of a key",
    refresh: "Look again",
    list: "Keys",
    open: "Open",
    selectOne: "Select",
    unselectOne: "Select no more",
    select: (key: string) => `Select ${key}`,
    selectAll: "Select all that are listed",
    more: "More keys",
    searching: "Looking…",
    found: (value: number, more: boolean) =>
      `${plural(value, "key", "keys")}${more ? " and more" : ""}`,
    lookedAt: (value: number) => `${plural(value, "key", "keys")} looked at`,
    none: "Nothing is cached here",
    noneHint: "A key appears when an event reads it for the first time.",
    noneFiltered: "No key holds this text",
    clear: "Clear the text",
    toSimulator: "To the Simulator",
    forever: "never expires",
    foreverHint: "It stays until somebody removes it, however wrong it becomes.",
    left: (time: string) => `${time} left`,
    expired: "expired",
    invalidateSelected: (value: number) => `Invalidate ${count(value)}`,
    invalidateAll: "Invalidate all",
    nothing: "Select a key, or open one with Enter.",
  },
  open: {
    label: "A key",
    close: "Close",
    again: "Read again",
    invalidate: "Invalidate",
    cached: "Cached",
    stored: "In the store",
    noDocument: "There is no document.",
    noComparison: "There is nothing to compare it with.",
    idle: (time: string) => `not used for ${time}`,
    differences: (value: number) => plural(value, "difference", "differences"),
    gone: "It is not in the cache any more.",
    copy: "Copy the key",
    nothing: "nothing",
  },
  scan: {
    begin: "Scan the cache",
    again: "Scan again",
    stop: "Stop",
    title: "What should not be there",
    hint: "A scan looks at every key in the background, a few at a time: keys that never expire, keys without a document, and keys that say something else than their document. It changes nothing.",
    progress: (at: number, total: number) => `${count(at)} of about ${count(total)} keys`,
    counted: (keys: number, bytes: string) => `${plural(keys, "key", "keys")}, ${bytes}`,
    clean: "Every key expires, has its document and says the same.",
    cleanSoFar: "Nothing yet.",
    gone: "Everything that was found is gone. Scan again to be sure.",
    found: (value: number) => `${plural(value, "finding", "findings")}`,
    notListed: (value: number) =>
      `${count(value)} more are not listed. Invalidate these and scan again.`,
    of: "Findings",
    columns: {
      collection: "Collection",
      keys: "Keys",
      withoutExpiry: "Never expire",
      orphans: "No document",
      different: "Differ",
      unreadable: "Cannot be read",
    },
  },
  slow: {
    title: "Slowest reads",
    none: "No read of this time took more than half a millisecond.",
    noneOfWorkers:
      "The metrics of workers name no keys. Only reads of this window are listed here.",
    columns: { at: "When", key: "Key", tier: "Answered by", took: "Took" },
  },
  ask: {
    title: (value: number, collection: Collection) =>
      `Invalidate ${count(value)} ${things[collection][value === 1 ? 0 : 1]}?`,
    titleMany: (value: number) => `Invalidate ${plural(value, "key", "keys")} of the cache?`,
    titleAll: (collection: Collection) => `Invalidate all ${things[collection][1]}?`,
    body: "They are removed from the cache, and every worker is told to forget its own copy. Nothing is deleted in the store: what is asked for next is loaded from there.",
    bodyState:
      "Where these people stand is read from the store at their next message. What is only cached, and not in the store, is lost.",
    bodyAll: (collection: string) =>
      `Every key that begins with “${collection}” is removed, and every worker is told to forget its own copies. Nothing is deleted in the store, but the next events all load from there.`,
    cancel: "Keep them",
    doIt: (value: number) => `Invalidate ${plural(value, "key", "keys")}`,
    doAll: "Invalidate all",
  },
  done: (done: Invalidated) =>
    `${plural(done.removed, "key was", "keys were")} removed${told(done)}`,
} as const;
