import { expect, it } from "vitest";
import { COMMON, languageName, languageTag } from "./languages";

it("calls common languages by name, others as the machine does, and knows no more", () => {
  expect(COMMON.map(languageName)).toContain("Arabic");
  expect(languageName("fa")).toBe("Persian");
  expect(languageName("qqq")).toBe("qqq");
});

it.each([
  ["ar", "ar"],
  [" PT_br ", "pt-BR"],
  ["zh-hant", "zh-Hant"],
  ["", null],
  ["Arabic language", null],
])("reads %j as %j", (text, tag) => {
  expect(languageTag(text)).toBe(tag);
});
