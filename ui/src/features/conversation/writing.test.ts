import { expect, it } from "vitest";
import { actionFor, mediaKindFor } from "./writing";

const asMaya = { mode: "person" } as const;

it("says nothing without a text", () => {
  expect(actionFor("maya", asMaya, "dm", null, "  \n")).toBeNull();
});

it("writes on the chosen surface", () => {
  expect(actionFor("maya", asMaya, "dm", null, " menu ")).toEqual({
    do: "say",
    person: "maya",
    text: "menu",
  });
  expect(actionFor("maya", asMaya, "story_reply", "s1", "wow")).toMatchObject({
    do: "reply_to_story",
    story: "s1",
  });
  expect(actionFor("maya", asMaya, "live_comment", "l1", "hi")).toMatchObject({
    do: "comment",
    media: "l1",
    parent: null,
  });
});

it("needs something to comment on", () => {
  expect(actionFor("maya", asMaya, "comment", null, "recipe")).toBeNull();
});

it("replies, edits, answers by hand and comes by a link whatever the surface", () => {
  const reply = { mode: "reply", parent: "c1", media: "p1", text: "recipe?" } as const;
  expect(actionFor("maya", reply, "dm", null, "me too")).toEqual({
    do: "comment",
    person: "maya",
    media: "p1",
    text: "me too",
    parent: "c1",
  });
  expect(actionFor("maya", { mode: "edit", bubble: "b1" }, "comment", "p1", "new")).toEqual({
    do: "edit_message",
    person: "maya",
    bubble: "b1",
    text: "new",
  });
  expect(actionFor("maya", { mode: "by_hand" }, "dm", null, "Hello")).toMatchObject({
    do: "human_reply",
  });
  expect(actionFor("maya", { mode: "link" }, "comment", null, "spring ")).toEqual({
    do: "open_link",
    person: "maya",
    reference: "spring",
  });
});

it("knows what each surface is written on", () => {
  expect([
    mediaKindFor("dm"),
    mediaKindFor("story_reply"),
    mediaKindFor("comment"),
    mediaKindFor("live_comment"),
  ]).toEqual([null, "story", "post", "live"]);
});
