import { expect, it } from "vitest";
import { count, percent, plural } from "./number";

it("never rounds a rate up to a whole it has not reached", () => {
  expect(percent(0.9999)).toBe("99.9 %");
  expect(percent(1)).toBe("100 %");
  expect(percent(2 / 3)).toBe("66.6 %");
});

it("counts with the right word", () => {
  expect(count(12345)).toBe("12,345");
  expect(plural(1, "message", "messages")).toBe("1 message");
  expect(plural(0, "message", "messages")).toBe("0 messages");
});
