import { describe, expect, it } from "vitest";
import { shortcutFor } from "./shortcuts";
import { zoomed } from "./theme";

const press = (
  key: string,
  held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("keys", () => {
  it.each([
    [press("/"), { do: "write" }],
    [press("?"), { do: "shortcuts" }],
    [press("["), { do: "decision", by: -1 }],
    [press("]"), { do: "decision", by: 1 }],
    [press("3", { ctrlKey: true }), { do: "pane", pane: "flow" }],
    [press("2", { metaKey: true }), { do: "pane", pane: "conversation" }],
    [press("ArrowDown", { altKey: true }), { do: "person", by: 1 }],
    [press("=", { ctrlKey: true }), { do: "zoom", direction: "in" }],
    [press("0", { ctrlKey: true }), { do: "zoom", direction: "normal" }],
    [press("N", { ctrlKey: true, shiftKey: true }), { do: "window" }],
    [press("W", { ctrlKey: true, shiftKey: true }), { do: "close" }],
    [press("q", { ctrlKey: true }), { do: "quit" }],
  ])("%j means %j", (key, meaning) => {
    expect(shortcutFor(key, false)).toEqual(meaning);
  });

  it("that are signs mean nothing while somebody types, the others still do", () => {
    expect(shortcutFor(press("/"), true)).toBeNull();
    expect(shortcutFor(press("["), true)).toBeNull();
    expect(shortcutFor(press("1", { ctrlKey: true }), true)).toEqual({
      do: "pane",
      pane: "people",
    });
  });

  it("that leave want all of their keys held", () => {
    expect(shortcutFor(press("q"), false)).toBeNull();
    expect(shortcutFor(press("w", { ctrlKey: true }), false)).toBeNull();
    expect(shortcutFor(press("Q", { ctrlKey: true, shiftKey: true }), false)).toBeNull();
    const all = { ctrlKey: true, shiftKey: true, altKey: true };
    expect(shortcutFor(press("N", all), false)).toBeNull();
  });

  it("of the system are left alone", () => {
    expect(shortcutFor(press("c", { ctrlKey: true }), false)).toBeNull();
    expect(shortcutFor(press("/", { ctrlKey: true }), false)).toBeNull();
    expect(shortcutFor(press("1", { ctrlKey: true, altKey: true }), false)).toBeNull();
    expect(shortcutFor(press("a"), false)).toBeNull();
  });
});

describe("the size", () => {
  it("goes up and down in steps, back to normal, and stops at the ends", () => {
    expect(zoomed(1, "in")).toBe(1.1);
    expect(zoomed(1, "out")).toBe(0.9);
    expect(zoomed(1.5, "normal")).toBe(1);
    expect(zoomed(2, "in")).toBe(2);
    expect(zoomed(0.8, "out")).toBe(0.8);
  });
});
