import { describe, expect, it } from "vitest";
import { menu, recipe, weekend } from "@/host/memory/workspace";
import { saidBy } from "./said";

describe("the preview", () => {
  it("shows what a person says who sets it off", () => {
    expect(saidBy(menu, { kind: "trigger" })).toEqual([{ as: "person", text: "menu" }]);
    expect(saidBy(recipe, { kind: "trigger" })).toEqual([
      { as: "comment", who: "maya.bakes", text: "recipe" },
    ]);
  });

  it("shows public replies below the comment, and the reaction on the reply", () => {
    const said = saidBy(recipe, { kind: "step", step: "public_reply" });
    expect(said.map((each) => each.as)).toEqual(["comment", "note", "comment", "comment"]);
    expect(saidBy(weekend, { kind: "step", step: "reaction" })).toEqual([
      { as: "person", text: "Hello!", reaction: "❤️" },
    ]);
  });

  it("shows a step's button, all messages of the main one, and a card first", () => {
    expect(saidBy(menu, { kind: "step", step: "follow" })).toMatchObject([
      { message: { type: "buttons", buttons: [{ title: "I follow" }] } },
    ]);
    expect(saidBy(menu, { kind: "step", step: "main" })).toHaveLength(2);
    expect(saidBy(menu, { kind: "card", message: 1, card: 2 })).toMatchObject([{ first: 2 }]);
    expect(saidBy(menu, { kind: "step", step: "reaction" })).toHaveLength(1);
  });
});
