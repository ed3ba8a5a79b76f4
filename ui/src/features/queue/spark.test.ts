import { expect, test } from "vitest";
import { sparkPaths } from "./spark";

const at = (second: number, value: number) => ({ at: second * 1_000, value });

test("the line ends at the right, and its highest value touches the top", () => {
  const [path, ...more] = sparkPaths([at(0, 0), at(1, 4), at(2, 2)], 300, 20);
  expect(path).toBe("M298.0 19.0L299.0 1.0L300.0 10.0");
  expect(more).toEqual([]);
});

test("where nobody looked there is no line", () => {
  expect(sparkPaths([at(0, 1), at(1, 1), at(60, 1), at(61, 1)], 300, 20)).toHaveLength(2);
  expect(sparkPaths([], 300, 20)).toEqual([]);
});

test("nothing but zeros lies on the ground", () => {
  expect(sparkPaths([at(0, 0), at(1, 0)], 300, 20)).toEqual(["M299.0 19.0L300.0 19.0"]);
});
