import { expect, it } from "vitest";
import { indented } from "./json";

it("indents as JSON.stringify does", () => {
  const value = {
    a: [1, { b: "x, y: {z}" }],
    empty: {},
    none: [],
    t: true,
    n: null,
    q: 'say "hi"',
  };
  expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
});

it("keeps every digit of an id that a double would round", () => {
  expect(indented('{"id":17841400000000001234}')).toBe('{\n  "id": 17841400000000001234\n}');
});

it("leaves alone what is not JSON", () => {
  expect(indented("hub.mode=subscribe")).toBe("hub.mode=subscribe");
});
