import { expect, it } from "vitest";
import { news } from "@/host/memory/cache";
import { axisOf, gapsOf, leftLines, pathsOf, rateOf, rightLines, thinned, ticksOf } from "./series";
import { joined } from "./store";

const points = news().points;

it("draws a rate a collection, with its target, and nothing where nothing was read", () => {
  const [state, contact] = leftLines(points, "rate", ["user_state", "contact"], {
    user_state: 0.99,
    contact: null,
  });
  expect(state?.values[0]).toBeCloseTo(13 / 15);
  expect(state?.target).toBe(0.99);
  expect(contact?.values[0]).toBeNull();
  const [first] = points;
  expect(first && rateOf({ ...first.contact, reads: 0 })).toBeNull();
});

it("says who answered, as shares of what was read of the collections together", () => {
  const tiers = leftLines(points, "tiers", ["user_state", "automations"], {});
  expect(tiers.map((line) => line.name)).toEqual(["near", "shared", "store"]);
  const [point] = points;
  if (!point) throw new Error("points");
  const reads = point.userState.reads + point.automations.reads;
  const near = point.userState.nearHits + point.automations.nearHits;
  expect(tiers[0]?.values[0]).toBeCloseTo(near / reads);
  const whole = tiers.reduce((sum, line) => sum + (line.values[0] ?? 0), 0);
  expect(whole).toBeCloseTo(1);
  expect(axisOf(tiers, "tiers")).toEqual([0, 1]);
  expect(leftLines(points, "tiers", [], {})[0]?.values[0]).toBeNull();
});

it("opens the axis of rates downwards as far as they fall", () => {
  const line = (value: number) => [{ name: "", colour: "workspace" as const, values: [value] }];
  expect(axisOf(line(0.99), "rate")).toEqual([0.85, 1]);
  expect(axisOf(line(0.4), "rate")).toEqual([0.35, 1]);
  expect(axisOf(line(930), "loads")).toEqual([0, 1500]);
  expect(axisOf([], "loads")).toEqual([0, 1]);
});

it("tells of the servers by the second, and of what was invalidated by the point", () => {
  const [expired] = rightLines(points, "gone");
  expect(expired?.values[6]).toBe(1);
  expect(rightLines(points, "commands")[0]?.values[0]).toBeNull();
  const server = points.findLast((point) => point.server)?.server;
  expect(rightLines(points, "connections")[0]?.values.at(-1)).toBe(server?.clients ?? null);
  expect(rightLines(points, "keys")[0]?.values.at(-1)).toBe(server?.keys);
  expect(ticksOf(points)[29]).toBe(2);
});

it("breaks a line where there is nothing", () => {
  const paths = pathsOf(
    [1, null, 2, 3],
    (at) => at * 10,
    (value) => value,
  );
  expect(paths).toEqual({ line: "M20.0 2.0L30.0 3.0", dots: "M0.0 1.0h0.01" });
});

it("breaks a line where nobody looked", () => {
  const [one, two, three] = points;
  if (!one || !two || !three) throw new Error("points");
  expect(gapsOf(points)).toEqual([]);
  const later = { ...three, at: two.at + 600_000 + three.millis };
  const gaps = gapsOf([one, two, later]);
  expect(gaps).toEqual([{ before: 2, from: two.at, to: two.at + 600_000 }]);
  const paths = pathsOf(
    [1, 2, 3],
    (at) => at * 10,
    (value) => value,
    gaps,
  );
  expect(paths).toEqual({ line: "M0.0 1.0L10.0 2.0", dots: "M20.0 3.0h0.01" });
});

it("thins many points to few", () => {
  expect(thinned([1, 2, 3, 4, 5, 6], 3)).toEqual([2, 4, 6]);
  expect(thinned([1, 2], 3)).toEqual([1, 2]);
});

it("joins new points to those that are known, and drops what is too old", () => {
  const known = { points: points.slice(0, 10), pointsFrom: 0 };
  const later = news({ from: 9, first: 2, points: points.slice(9, 12) });
  const after = joined(known, later);
  expect(after.pointsFrom).toBe(2);
  expect(after.points).toEqual(points.slice(2, 12));
  expect(joined(known, news()).points).toHaveLength(60);
  expect(joined(null, later).pointsFrom).toBe(9);
});
