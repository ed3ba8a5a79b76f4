/** From the points of the history to the lines of a chart. */

import type { CachePoint, Collection, CollectionPoint, ServerPoint } from "@/host";
import { texts } from "@/texts";
import type { LeftChart, RightChart } from "./store";

export const COLLECTIONS: readonly Collection[] = [
  "workspace",
  "automations",
  "user_state",
  "contact",
];

const FIELDS: Record<Collection, "workspace" | "automations" | "userState" | "contact"> = {
  workspace: "workspace",
  automations: "automations",
  user_state: "userState",
  contact: "contact",
};

/** One line of a chart; null where there is nothing to draw. */
export interface Line {
  name: string;
  /** Which colour it has: a collection's, or a number. */
  colour: Collection | "first" | "second" | "third";
  values: readonly (number | null)[];
  /** A level that it must reach. */
  target?: number | null;
}

export function of(point: CachePoint, collection: Collection): CollectionPoint {
  return point[FIELDS[collection]];
}

/** The share of reads that a tier before the store answered. */
export function rateOf(point: CollectionPoint): number | null {
  if (point.reads === 0) return null;
  return (point.nearHits + point.sharedHits) / point.reads;
}

const perSecond = (value: number, millis: number) => (millis > 0 ? (value * 1000) / millis : 0);

/** Who answered the reads of these collections, as shares of them: a line a tier. */
function tierLines(points: readonly CachePoint[], collections: readonly Collection[]): Line[] {
  const line = (
    name: string,
    colour: Line["colour"],
    hits: (point: CollectionPoint) => number,
  ) => ({
    name,
    colour,
    values: points.map((point) => {
      const each = collections.map((collection) => of(point, collection));
      const sum = (value: (point: CollectionPoint) => number) =>
        each.reduce((all, one) => all + value(one), 0);
      const reads = sum((one) => one.reads);
      return reads > 0 ? sum(hits) / reads : null;
    }),
  });
  const t = texts.cache.tier;
  return [
    line(t.near, "first", (point) => point.nearHits),
    line(t.shared, "third", (point) => point.sharedHits),
    line(t.store, "second", (point) => point.reads - point.nearHits - point.sharedHits),
  ];
}

/** The lines of the left chart: one a collection, or one a tier. */
export function leftLines(
  points: readonly CachePoint[],
  chart: LeftChart,
  collections: readonly Collection[],
  targets: Readonly<Partial<Record<Collection, number | null>>>,
): Line[] {
  if (chart === "tiers") return tierLines(points, collections);
  const value: Record<
    Exclude<LeftChart, "tiers">,
    (point: CollectionPoint, millis: number) => number | null
  > = {
    rate: rateOf,
    time: (point) => point.p50 ?? null,
    loads: (point, millis) => perSecond(point.misses + point.bypasses, millis),
    changes: (point, millis) => perSecond(Math.max(point.invalidations, point.heard), millis),
  };
  return collections.map((collection) => ({
    name: texts.collections[collection],
    colour: collection,
    // What is read fresh has no rate that could rise or fall.
    values: points.map((point) =>
      chart === "rate" && targets[collection] === null
        ? null
        : value[chart](of(point, collection), point.millis),
    ),
    target: chart === "rate" ? (targets[collection] ?? null) : null,
  }));
}

/** The lines of the right chart: the servers together. */
export function rightLines(points: readonly CachePoint[], chart: RightChart): Line[] {
  const t = texts.cache.charts;
  const line = (
    name: string,
    colour: Line["colour"],
    value: (server: ServerPoint, millis: number) => number | null,
  ): Line => ({
    name,
    colour,
    values: points.map((point) => (point.server ? value(point.server, point.millis) : null)),
  });
  switch (chart) {
    case "memory":
      return [line(t.used, "first", (server) => server.memoryBytes)];
    case "commands":
      return [line(t.commandsName, "first", (server) => server.commandsPerSecond ?? null)];
    case "gone":
      return [
        line(t.expired, "first", (server, millis) => perSecond(server.expired, millis)),
        line(t.evicted, "second", (server, millis) => perSecond(server.evicted, millis)),
      ];
    case "lookups":
      return [
        line(t.hits, "first", (server, millis) => perSecond(server.hits, millis)),
        line(t.lookupMisses, "second", (server, millis) => perSecond(server.misses, millis)),
      ];
    case "connections":
      return [line(t.connectionsName, "first", (server) => server.clients ?? null)];
    case "keys":
      return [line(t.keysName, "first", (server) => server.keys)];
  }
}

/** How many keys were invalidated in each point, of whatever collection. */
export function ticksOf(points: readonly CachePoint[]): number[] {
  return points.map((point) =>
    COLLECTIONS.reduce((sum, collection) => {
      const each = of(point, collection);
      return sum + Math.max(each.invalidations, each.heard);
    }, 0),
  );
}

/** The axis of values that are all above zero: from where to where, a little above the
 * largest, and round. */
export function axisOf(lines: readonly Line[], chart: LeftChart | RightChart): [number, number] {
  if (chart === "tiers") return [0, 1];
  const all = lines.flatMap((line) => line.values.filter((value) => value !== null));
  if (chart === "rate") {
    const targets = lines.flatMap((line) => line.target ?? []);
    const least = Math.min(1, ...all, ...targets);
    // The upper tenth is where rates belong; it opens downwards as far as they fall.
    const low = Math.floor(Math.max(0, least - 0.02) * 20) / 20;
    return [Math.min(low, 0.85), 1];
  }
  const most = Math.max(0, ...all);
  if (most === 0) return [0, chart === "memory" ? 1_000 : 1];
  return [0, roundUp(most * 1.1)];
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * power >= value) ?? 10) * power;
}

/** A time in which nobody looked: before the point at this place. */
export interface Gap {
  before: number;
  from: number;
  to: number;
}

/** Where nobody looked between two points: the application was closed, or another profile
 * was in front. */
export function gapsOf(points: readonly CachePoint[]): Gap[] {
  const gaps: Gap[] = [];
  points.forEach((point, at) => {
    const last = points[at - 1];
    const from = point.at - point.millis;
    if (last && from > last.at) gaps.push({ before: at, from: last.at, to: from });
  });
  return gaps;
}

/** The path of a line, which is broken where nothing was read or nobody looked, and of the
 * points that stand alone between two gaps. */
export function pathsOf(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
  gaps: readonly Gap[] = [],
): { line: string; dots: string } {
  const broken = new Set(gaps.map(({ before }) => before));
  let line = "";
  let dots = "";
  let open = false;
  values.forEach((value, at) => {
    if (value === null) {
      open = false;
      return;
    }
    const place = `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    if (broken.has(at)) open = false;
    const alone = (values[at + 1] ?? null) === null || broken.has(at + 1);
    if (!open && alone) dots += `M${place}h0.01`;
    else line += `${open ? "L" : "M"}${place}`;
    open = true;
  });
  return { line, dots };
}

/** At most so many points, each the last of its piece: a sparkline is a few pixels wide. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  const step = values.length / most;
  return Array.from({ length: most }, (_, at) => values[Math.floor((at + 1) * step) - 1] as T);
}
