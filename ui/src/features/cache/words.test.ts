import { expect, it } from "vitest";
import { texts } from "@/texts";
import { bytes, rate, short } from "./words";

it("says sizes in the unit that fits", () => {
  expect([0, 812, 1_400, 33_554_432, 250e9].map(bytes)).toEqual([
    "0 B",
    "812 B",
    "1.4 kB",
    "33.6 MB",
    "250 GB",
  ]);
});

it("never rounds a rate up to its target", () => {
  expect([0, 0.5, 0.8999, 0.9, 0.98999, 0.99, 0.99999, 1].map(rate)).toEqual([
    "0.0 %",
    "50.0 %",
    "89.9 %",
    "90.0 %",
    "98.9 %",
    "99.00 %",
    "99.99 %",
    "100 %",
  ]);
});

it("shortens what stands at an axis", () => {
  expect([0, 0.5, 3, 12, 1_200, 12_500, 3_000_000].map(short)).toEqual([
    "0",
    "0.5",
    "3",
    "12",
    "1.2k",
    "13k",
    "3M",
  ]);
});

it("says who heard of an invalidation, and who has obeyed", () => {
  const said = (heard: number | null, names: string[] | null) =>
    texts.cache.done({
      removed: 1,
      isAnnounced: true,
      heard,
      obeyed: names && { asked: heard, names },
    });
  expect(said(0, [])).toBe("1 key was removed; no other worker listens.");
  expect(said(2, ["one", "two"])).toBe(
    "1 key was removed; 2 other workers heard it and have obeyed: one, two.",
  );
  expect(said(3, ["one"])).toContain("3 other workers heard it; 1 said that it has obeyed: one.");
  expect(said(2, [])).toContain("none has said that it obeyed");
  expect(said(null, ["a", "b", "c", "d", "e", "f"])).toContain("a, b, c, d and 2 more");
  expect(said(2, null)).toBe("1 key was removed, and 2 other workers heard it.");
});
