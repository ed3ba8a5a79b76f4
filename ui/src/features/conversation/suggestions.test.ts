import { expect, it } from "vitest";
import { automations, media, recipe, weekend } from "@/host/memory/workspace";
import { suggestionsFor } from "./suggestions";

it("offers a bit of everything that the workspace answers, and nothing that is off", () => {
  const labels = suggestionsFor("maya", automations, media).map(({ label }) => label);
  expect(labels).toEqual([
    "Say “menu”",
    "Say “hours”",
    "Reply “Lovely!” to the story “Weekend bake”",
    "Comment “recipe” on “Oat and honey cookies”",
  ]);
});

it("acts on the very post or story that an automation is for", () => {
  const on = { ...recipe, target: { media: "18000000000000072" } };
  const [suggestion] = suggestionsFor("maya", [on], media);
  expect(suggestion?.action).toEqual({
    do: "comment",
    person: "maya",
    media: "18000000000000072",
    text: "recipe",
    parent: null,
  });
});

it("has nothing to offer for a story that is not there", () => {
  expect(suggestionsFor("maya", [weekend], [])).toEqual([]);
});

it("begins with what sets off the automation it is about, and then offers the rest", () => {
  const about = { ...recipe, trigger: { ...recipe.trigger, keywords: [{ text: "guide" }] } };
  const labels = suggestionsFor("maya", automations, media, about).map(({ label }) => label);
  expect(labels[0]).toBe("Comment “guide” on “Oat and honey cookies”");
  expect(labels).toHaveLength(5);
});
