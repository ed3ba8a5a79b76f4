import { expect, it } from "vitest";
import { placed } from "./beside";

it("shows the one in front and the next ones", () => {
  expect(placed([], "a", ["a", "b", "c"], 2)).toEqual(["a", "b"]);
  expect(placed([], "c", ["a", "b", "c"], 2)).toEqual(["c", "a"]);
  expect(placed([], "a", ["a"], 3)).toEqual(["a"]);
});

it("leaves everybody in their place while they are shown", () => {
  expect(placed(["a", "b"], "b", ["a", "b", "c"], 2)).toEqual(["a", "b"]);
  expect(placed(["a", "b"], "c", ["a", "b", "c"], 2)).toEqual(["c", "b"]);
  expect(placed(["a", "b", "c"], "c", ["a", "b", "c"], 2)).toEqual(["c", "b"]);
  expect(placed(["gone", "b"], "b", ["b", "c"], 2)).toEqual(["b", "c"]);
});
