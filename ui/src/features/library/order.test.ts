import { expect, it } from "vitest";
import type { AutomationType, Entry } from "@/host";
import { EVERYTHING, fits, linesOf, movedBefore, movedBy } from "./order";

function entry(
  id: string,
  type: AutomationType = "dm_automation",
  more: Partial<Entry> = {},
): Entry {
  return {
    id,
    type,
    name: id,
    isActive: true,
    priority: 0,
    target: "all",
    trigger: { mode: "any_reply" },
    state: "published",
    conflict: false,
    updatedAt: 0,
    ...more,
  };
}

const ALL = [entry("a"), entry("b"), entry("c"), entry("s", "story_reply_flow")];

it("numbers the automations of a type in the order in which they are tried", () => {
  const lines = linesOf(ALL, EVERYTHING);
  expect(
    lines.map((line) => (line.kind === "type" ? line.type : [line.rank, line.entry.id])),
  ).toEqual(["dm_automation", [1, "a"], [2, "b"], [3, "c"], "story_reply_flow", [1, "s"]]);
});

it("keeps the rank of what is found", () => {
  const [head, found] = linesOf(ALL, { ...EVERYTHING, text: "B" });
  expect(head).toMatchObject({ count: 3 });
  expect(found).toMatchObject({ rank: 2, entry: { id: "b" } });
});

it("finds by keyword, and by how far something is", () => {
  const trigger = { mode: "specific_keywords" as const, keywords: [{ text: "Menu" }] };
  const draft = entry("x", "dm_automation", { trigger, state: "draft" });
  const off = entry("y", "dm_automation", { isActive: false });
  expect(fits(draft, { ...EVERYTHING, text: "men" })).toBe(true);
  expect(fits(draft, { ...EVERYTHING, shown: "on" })).toBe(false);
  expect(fits(draft, { ...EVERYTHING, shown: "unpublished" })).toBe(true);
  expect(fits(off, { ...EVERYTHING, shown: "off" })).toBe(true);
  expect(fits(off, { ...EVERYTHING, type: "story_reply_flow" })).toBe(false);
});

it("moves within a type only, and says nothing where nothing moves", () => {
  expect(movedBefore(ALL, "c", "a")).toEqual(["c", "a", "b"]);
  expect(movedBefore(ALL, "a", null)).toEqual(["b", "c", "a"]);
  expect(movedBefore(ALL, "a", "b")).toBeNull();
  expect(movedBefore(ALL, "a", "s")).toBeNull();
  expect(movedBy(ALL, "b", -1)).toEqual(["b", "a", "c"]);
  expect(movedBy(ALL, "b", 1)).toEqual(["a", "c", "b"]);
  expect(movedBy(ALL, "a", -1)).toBeNull();
  expect(movedBy(ALL, "c", 1)).toBeNull();
});
