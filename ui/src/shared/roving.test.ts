// @vitest-environment jsdom
import { expect, it } from "vitest";
import { arrowTarget, isOfControl, isTyping } from "./roving";

it.each([
  ["ArrowDown", 0, 1],
  ["ArrowDown", 2, 0],
  ["ArrowUp", 0, 2],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["ArrowRight", 0, null],
  ["a", 0, null],
] as const)("%s from place %d leads to %s in a list", (key, at, to) => {
  expect(arrowTarget(key, at, 3, "vertical")).toBe(to);
});

it("moves sideways where both ways are one line", () => {
  expect(arrowTarget("ArrowRight", 1, 2, "both")).toBe(0);
});

it("has nowhere to go in an empty list", () => {
  expect(arrowTarget("ArrowDown", 0, 0, "vertical")).toBeNull();
});

it("knows where a key is text", () => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  expect(isTyping(document.createElement("textarea"))).toBe(true);
  expect(isTyping(document.createElement("input"))).toBe(true);
  expect(isTyping(box)).toBe(false);
  expect(isTyping(document.createElement("button"))).toBe(false);
});

it("knows which keys in a list are those of a control inside of it", () => {
  const list = document.createElement("div");
  list.tabIndex = 0;
  list.innerHTML = "<p><button>All<b>!</b></button><input tabindex='-1'><span></span></p>";
  const of = (inside: string) =>
    isOfControl({ target: list.querySelector(inside) as Element, currentTarget: list });
  expect(of("button")).toBe(true);
  expect(of("b"), "what a control is made of").toBe(true);
  expect(of("input"), "the list takes the keys for it").toBe(false);
  expect(of("span")).toBe(false);
  expect(isOfControl({ target: list, currentTarget: list })).toBe(false);
});
