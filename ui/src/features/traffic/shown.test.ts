import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  HostError,
  type Replayed,
  type Sending,
  type TimeSpan,
  type WebhookTemplate,
} from "@/host";
import { replay, row, trafficInMemory } from "@/host/memory/traffic";
import { texts } from "@/texts";
import { placeOf } from "./compose/place";
import { createRun } from "./compose/run";
import { deliveriesOf, MOST, saidOf, summed } from "./compose/summary";
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

describe("many that are sent again", () => {
  it("are the newest of what a search found, the oldest first, each once", () => {
    const rows = [row(9), row(8), row(8, { index: 1 }), row(5, { deliveryId: null }), row(2)];
    expect(deliveriesOf([...rows, row(1, { deliveryId: 0 })])).toEqual([2, 8, 9]);
    const many = Array.from({ length: MOST + 20 }, (_, place) => row(1_000 - place));
    const chosen = deliveriesOf(many);
    expect([chosen.length, chosen[0], chosen.at(-1)]).toEqual([MOST, 501, 1_000]);
  });
});

describe("many that were sent again", () => {
  const one = (change: Partial<Replayed>) => replay({ original: 1, ...change });
  const answered = (status: number) => ({ status, phrase: "", body: "", micros: 1_200 });
  it("are the same, otherwise, not compared, or did not go", () => {
    const all = [
      one({ deliveryId: 2, comparison: { same: true, lines: [] } }),
      one({ deliveryId: 2, comparison: { same: false, lines: [] } }),
      one({ error: "gone" }),
      one({ answered: answered(401) }),
      one({ answered: answered(200), notCompared: "another_server" }),
      one({ deliveryId: 2, notCompared: "handled_elsewhere" }),
    ];
    const { same, other, notCompared, failed } = summed(all);
    const counts = [same, other, notCompared, failed].map((each) => each.length);
    expect(counts).toEqual([1, 1, 2, 2]);
    const { manySame } = texts.traffic.outcome;
    expect(manySame(1, 1, 2, 2)).toBe(
      "1 came out the same, 1 otherwise, 2 not compared, 2 did not go",
    );
    expect(manySame(0, 0, 3, 0)).toBe("3 not compared");
    expect(manySame(0, 0, 0, 0)).toBe("0 came out the same, 0 otherwise");
  });
  it("say what a server answered, and why nothing is compared", () => {
    const elsewhere = one({ answered: answered(200), notCompared: "another_server" });
    expect(saidOf(elsewhere)).toBe("Answered 200, 1.2 ms");
    const queued = one({ deliveryId: 2, notCompared: "handled_elsewhere" });
    expect(saidOf(queued)).toContain("handles no deliveries");
    expect(saidOf(one({ error: "gone" }))).toBe("gone");
  });
});

describe("a run", () => {
  const sending = { deliveryId: 1, body: null, freshness: "as_new", target: { to: "engine" } };
  it("tells how far it is, and ends after the one under way when it is cancelled", async () => {
    const traffic = trafficInMemory();
    const run = createRun({ traffic });
    const told: number[] = [];
    run.subscribe(({ run: now }) => {
      if (now.is !== "running") return;
      told.push(now.progress.done);
      if (now.progress.done === 2) run.getState().stop();
    });
    await run.getState().start(Array.from({ length: 9 }, () => sending as Sending));
    const ended = run.getState().run;
    if (ended.is !== "ended") throw new Error(ended.is);
    expect([ended.sent.ended, ended.sent.replayed.length, ended.of]).toEqual(["stopped", 2, 9]);
    expect(Math.max(...told)).toBe(2);
    run.getState().clear();
    expect(run.getState().run.is).toBe("idle");
  });
  it("says why it could not begin", async () => {
    const sendAll = async () => {
      throw new HostError({ code: "invalid", message: "This window is sending already." });
    };
    const run = createRun({ traffic: { ...trafficInMemory(), sendAll } });
    await run.getState().start([sending as Sending]);
    expect(run.getState().run).toEqual({
      is: "failed",
      message: "This window is sending already.",
    });
  });
});
