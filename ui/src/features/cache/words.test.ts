import { expect, it } from "vitest";
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
