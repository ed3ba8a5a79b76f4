import { expect, it } from "vitest";
import { best, scoreOf } from "./match";

const found = (typed: string, texts: string[]) => best(texts, typed, (text) => text, 10);

it("puts the start of a text before the start of a word, and that before its inside", () => {
  expect(found("men", ["Ornament", "The menu", "Menu"])).toEqual(["Menu", "The menu", "Ornament"]);
});

it("wants every word, in any order, without minding case and accents", () => {
  expect(found("offnung OPEN", ["Open “Öffnungszeiten”", "Open “Menu”"])).toEqual([
    "Open “Öffnungszeiten”",
  ]);
});

it("finds letters one behind the other, and not all over the place", () => {
  expect(scoreOf("New lead capture", "nlc")).not.toBeNull();
  expect(scoreOf("Answers to everything anybody asks", "wxy")).toBeNull();
  expect(scoreOf("Menu", "z")).toBeNull();
});

it("lists as many as there is room for, and everything when nothing was typed", () => {
  expect(best(["a", "b", "c"], "", (text) => text, 2)).toEqual(["a", "b"]);
});
