import { expect, it } from "vitest";
import { keepUnchanged } from "./structure";

it("keeps what did not change and takes what did", () => {
  const before = { people: [{ name: "Maya" }, { name: "Tom" }], now: 1 };
  const after = keepUnchanged(before, { people: [{ name: "Maya" }, { name: "Tim" }], now: 1 });
  expect(after).toEqual({ people: [{ name: "Maya" }, { name: "Tim" }], now: 1 });
  expect(after.people[0]).toBe(before.people[0]);
  expect(after.people[1]).not.toBe(before.people[1]);
});

it("knows again what moved up because the oldest are gone", () => {
  const before = [
    { id: 1, said: ["a"] },
    { id: 2, said: ["b"] },
    { id: 3, said: ["c"] },
  ];
  const after = keepUnchanged(before, structuredClone([...before.slice(1), { id: 4, said: [] }]));
  expect(after).toEqual([...before.slice(1), { id: 4, said: [] }]);
  expect(after[0]).toBe(before[1]);
  expect(after[1]).toBe(before[2]);
  const edited = [{ id: 1, said: ["changed"] }, ...structuredClone(before.slice(1))];
  expect(keepUnchanged(before, edited)[2]).toBe(before[2]);
});

it("is the old one when nothing changed", () => {
  const before = { list: [1, { a: null }], text: "x" };
  expect(keepUnchanged(before, structuredClone(before))).toBe(before);
});

it.each([
  [
    [1, 2, 3],
    [1, 2],
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: [] }, { a: {} }],
  [null, { a: 1 }],
])("notices what went away or came: %j to %j", (before, after) => {
  const merged = keepUnchanged<unknown>(before, after);
  expect(merged).toEqual(after);
  expect(merged).not.toBe(before);
});
