import { expect, it } from "vitest";
import type { CollectionFigures } from "@/host";
import { rateOf } from "./rate";

const figures = (reads: number, nearHits: number, sharedHits: number): CollectionFigures => ({
  reads,
  nearHits,
  sharedHits,
  negativeHits: 1,
  misses: reads - nearHits - sharedHits,
  bypasses: 0,
  stale: 0,
  errors: 0,
  writes: 0,
  invalidations: 0,
  readMicros: 0,
});

it("is the share of reads that either tier answered", () => {
  expect(rateOf(figures(10, 6, 3), 95)).toMatchObject({ hits: 9, misses: 1, share: 0.9 });
});

it("is unknown before the first read", () => {
  expect(rateOf(figures(0, 0, 0), 95)).toMatchObject({ share: null, below: false });
});

it("warns below the target only once there is enough to judge", () => {
  expect(rateOf(figures(10, 5, 0), 95).below).toBe(false);
  expect(rateOf(figures(1000, 900, 0), 95).below).toBe(true);
  expect(rateOf(figures(1000, 950, 0), 95).below).toBe(false);
});
