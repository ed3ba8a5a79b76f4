import { describe, expect, it } from "vitest";
import { rowAt } from "./rowKeys";

describe("the keys of a list", () => {
  it("lead to a row that there is", () => {
    expect(rowAt("ArrowDown", 0, 3)).toBe(1);
    expect(rowAt("ArrowDown", 2, 3)).toBe(2);
    expect(rowAt("ArrowUp", 0, 3)).toBe(0);
    expect(rowAt("Home", 2, 3)).toBe(0);
    expect(rowAt("End", 0, 3)).toBe(2);
    expect(rowAt("PageDown", 0, 30)).toBe(10);
    expect(rowAt("PageUp", 25, 30)).toBe(15);
    expect(rowAt("PageDown", 25, 30)).toBe(29);
  });

  it("begin at either end where none is chosen", () => {
    expect(rowAt("ArrowDown", -1, 3)).toBe(0);
    expect(rowAt("ArrowUp", -1, 3)).toBe(2);
  });

  it("lead nowhere in an empty list, and are no others", () => {
    expect(rowAt("ArrowDown", -1, 0)).toBeNull();
    expect(rowAt("a", 0, 3)).toBeNull();
  });
});
