import { describe, expect, it } from "vitest";
import { done, type Seen, STEPS, type Step, WHERE } from "./path";

const nothing: Seen = {
  session: { opened: null, library: null, listener: null, connection: null },
  screen: "simulator",
  reachable: false,
  conversation: false,
};

function with_(change: Partial<Seen["session"]>, rest: Partial<Seen> = {}): Seen {
  return { ...nothing, ...rest, session: { ...nothing.session, ...change } };
}

const library = (state: string) => ({ entries: [{ state }] }) as Seen["session"]["library"];

describe("the first steps", () => {
  it("have a screen each, and none is done at first", () => {
    for (const purpose of ["build", "receive", "look"] as const) {
      expect(done(purpose, nothing, new Set()).size).toBe(0);
      for (const step of STEPS[purpose]) expect(WHERE[step]).toBeTruthy();
    }
  });

  it("count as published only what was edited before, and what was done stays done", () => {
    const published = with_({ library: library("published") });
    expect(done("build", published, new Set()).has("publish")).toBe(false);
    const edited = done("build", with_({ library: library("changed") }), new Set());
    expect([...edited]).toEqual(["edit"]);
    expect([...done("build", published, edited)].sort()).toEqual(["edit", "publish"]);
  });

  it("of looking at production count only while a profile is connected", () => {
    const before: ReadonlySet<Step> = new Set();
    expect(done("look", with_({}, { screen: "cache" }), before).size).toBe(0);
    const connection = { level: "observe" } as Seen["session"]["connection"];
    const seen = done("look", with_({ connection }, { screen: "cache" }), before);
    expect([...seen].sort()).toEqual(["connect", "rates"]);
    const at = { screen: "conversations" } as const;
    const listed = done("look", with_({ connection }, at), seen);
    expect(listed.has("conversation")).toBe(false);
    const opened = done("look", with_({ connection }, { ...at, conversation: true }), seen);
    expect(opened.has("conversation")).toBe(true);
  });

  it("of receiving are the listener, the address and the first delivery", () => {
    const listener = { state: "running", accepted: 2 } as Seen["session"]["listener"];
    const seen = done("receive", with_({ listener }, { reachable: true }), new Set());
    expect([...seen]).toEqual(["listen", "address", "delivery"]);
  });

  it("are the same set while nothing new is done", () => {
    const before: ReadonlySet<Step> = new Set(["edit"]);
    expect(done("build", nothing, before)).toBe(before);
  });
});
