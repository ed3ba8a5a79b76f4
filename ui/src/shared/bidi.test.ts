import { expect, it } from "vitest";
import { quotesApart } from "./bidi";

it.each([
  ["Maya wrote “menu”, started", "Maya wrote “menu”, started"],
  ["ليلى wrote “menu”", "ليلى wrote “menu”"],
  ["matched “שלום!”. “Menu” is off", "matched “\u2068שלום!\u2069”. “Menu” is off"],
])("%s", (sentence, apart) => {
  expect(quotesApart(sentence)).toBe(apart);
});
