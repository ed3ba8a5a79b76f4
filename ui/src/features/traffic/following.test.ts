import { describe, expect, it } from "vitest";
import type { TrafficNews } from "@/host";
import { BEYOND, isAtEnd, lookAt, newSince, ROW, scrollTo, sightOf } from "./following";

const sight = (top: number, height = 10 * ROW) => ({ top, height });

describe("what the list asks for", () => {
  it("is the newest while it follows, wherever it is scrolled to", () => {
    expect(lookAt(sight(5_000), 40, true)).toEqual({ at: null, count: 11 });
  });

  it("is what is in sight with some beyond, never before the first", () => {
    expect(lookAt(sight(100 * ROW), 40, false).at).toBe(140 - BEYOND);
    expect(lookAt(sight(2 * ROW), 40, false).at).toBe(40);
  });
});

describe("the end", () => {
  it("is in sight up to half a row", () => {
    expect(isAtEnd(sight(90 * ROW), 100)).toBe(true);
    expect(isAtEnd(sight(90 * ROW - ROW / 2), 100)).toBe(true);
    expect(isAtEnd(sight(89 * ROW), 100)).toBe(false);
    expect(isAtEnd(sight(0), 0)).toBe(true);
  });
});

describe("what is new", () => {
  const news = { view: 3, end: 237 } as TrafficNews;
  it("is counted since the list was touched", () => {
    expect(newSince(news, { view: 3, end: 100 })).toBe(137);
    expect(newSince(news, null)).toBe(0);
  });
  it("begins anew with another filter", () => {
    expect(newSince(news, { view: 2, end: 100 })).toBe(0);
  });
});

describe("bringing a row into sight", () => {
  it("scrolls no further than it must", () => {
    expect(scrollTo(sight(50 * ROW), 0, 55)).toBeNull();
    expect(scrollTo(sight(50 * ROW), 0, 49)).toBe(49 * ROW);
    expect(scrollTo(sight(50 * ROW), 0, 60)).toBe(51 * ROW);
    expect(scrollTo(sight(50 * ROW), 20, 75)).toBeNull();
  });

  it("stays with the same rows when the oldest are forgotten, also by an answer that is late", () => {
    const measured = { top: 100 * ROW, height: 600, first: 50, view: 3 };
    const at = (first: number, view = 3) =>
      lookAt(sightOf(measured, { first, view }), first, false).at;
    expect(at(50)).toBe(50 + 100 - BEYOND);
    expect(at(57)).toBe(at(50));
    expect(at(49)).toBe(at(50));
    // What is in sight is forgotten itself: the oldest that there is.
    expect(at(400)).toBe(400);
    expect(sightOf(measured, { first: 0, view: 4 }).top).toBe(measured.top);
  });
});
