import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Replayed, TimeSpan, WebhookTemplate } from "@/host";
import { summed } from "./compose/Many";
import { placeOf } from "./compose/place";
import { grouped } from "./compose/Templates";
import { PLAIN, targetOf } from "./compose/Where";
import { barsOf } from "./detail/bars";
import { kindsInWords, took } from "./shown";

describe("times", () => {
  it("are milliseconds without a unit", () => {
    expect([40, 400, 4_200, 52_400].map(took)).toEqual(["< 0.1", "0.4", "4.2", "52"]);
  });
});

describe("kinds", () => {
  it("are counted", () => {
    expect(kindsInWords(["dm_text", "comment", "dm_text"])).toBe("2 × Direct message, 1 × Comment");
  });
});

describe("a waterfall", () => {
  const span = (from: number, micros: number): TimeSpan => ({
    kind: "read",
    label: "",
    index: null,
    from,
    micros,
  });
  it("never leaves its track", () => {
    const times = fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { maxLength: 12 });
    fc.assert(
      fc.property(times, (all) => {
        const { bars, total } = barsOf(all.map(([from, micros]) => span(from, micros)));
        expect(total).toBeGreaterThan(0);
        for (const { left, width } of bars) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(width).toBeGreaterThan(0);
          expect(left + width).toBeLessThanOrEqual(100.0001);
        }
      }),
    );
  });
});

describe("the place of a mistake", () => {
  it("is counted in signs of its line", () => {
    expect(placeOf("ab\ncd", 2, 2)).toBe(4);
    expect(placeOf("😀ab", 1, 2)).toBe(2);
    expect(placeOf("", 4, 4)).toBe(0);
  });
});

describe("templates", () => {
  const one = (title: string, kind: "comment" | "dm_text", own = false): WebhookTemplate => ({
    name: `${kind}.${title}`,
    title,
    about: "",
    kind,
    body: "{}",
    own,
  });
  const all = [one("Mine", "comment", true), one("Plain", "dm_text"), one("On a post", "comment")];
  it("stand below their kinds, those of one's own first", () => {
    expect(grouped(all, "").map((group) => group.title)).toEqual([
      "Saved here",
      "Direct message",
      "Comment",
    ]);
  });
  it("are found by every word", () => {
    expect(grouped(all, "comment post").flatMap((group) => group.templates)).toEqual([all[2]]);
  });
});

describe("where to", () => {
  it("is known once it is said", () => {
    expect(targetOf(PLAIN, null)).toEqual({ to: "engine" });
    expect(targetOf({ ...PLAIN, target: "listener" }, null)).toBeNull();
    expect(targetOf({ ...PLAIN, target: "listener" }, "http://x")).toEqual({
      to: "url",
      url: "http://x",
      secret: null,
    });
    expect(targetOf({ ...PLAIN, target: "url", url: " " }, null)).toBeNull();
  });
});

describe("many that were sent again", () => {
  const one = (change: Partial<Replayed>): Replayed => ({
    original: 1,
    deliveryId: 2,
    answered: null,
    comparison: null,
    outcome: null,
    error: null,
    ...change,
  });
  it("are the same, otherwise, or did not go", () => {
    const all = [
      one({ comparison: { same: true, lines: [] } }),
      one({ comparison: { same: false, lines: [] } }),
      one({ error: "gone" }),
      one({ answered: { status: 401, phrase: "", body: "", micros: 1 } }),
      one({ answered: { status: 200, phrase: "", body: "", micros: 1 } }),
    ];
    const { same, other, failed } = summed(all);
    expect([same.length, other.length, failed.length]).toEqual([2, 1, 2]);
  });
});
