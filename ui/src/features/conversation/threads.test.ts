import { describe, expect, it } from "vitest";
import type { Bubble } from "@/host";
import {
  blocksOf,
  deliveryBehind,
  offersQuickReplies,
  parentComment,
  spokenContent,
} from "./threads";

const MINUTE = 60_000;

function bubble(id: string, more: Partial<Bubble>): Bubble {
  return {
    id,
    at: 0,
    from: "person",
    surface: "dm",
    mediaId: null,
    content: { type: "text", text: id },
    privateReply: false,
    send: null,
    arrived: more.send === "sent",
    error: null,
    deliveryId: null,
    ...more,
  };
}

const offer = (id: string, more: Partial<Bubble> = {}) =>
  bubble(id, {
    from: "account",
    send: "sent",
    content: {
      type: "message",
      message: { type: "text", text: "When?", quickReplies: [{ title: "Now", payload: "n" }] },
    },
    ...more,
  });

describe("the layout of a conversation", () => {
  it("gives a silence a time of its own, and no time within a talk", () => {
    const blocks = blocksOf([
      bubble("a", { at: 0 }),
      bubble("b", { at: MINUTE }),
      bubble("c", { at: 40 * MINUTE }),
    ]);
    expect(blocks.map((block) => block.type)).toEqual([
      "time",
      "message",
      "message",
      "time",
      "message",
    ]);
  });

  it("joins comments and public replies below one post, and keeps posts apart", () => {
    const comment = { surface: "comment", mediaId: "post" } as const;
    const blocks = blocksOf([
      bubble("a", comment),
      bubble("b", { ...comment, from: "account", content: { type: "public_reply", text: "Sent" } }),
      bubble("c", { ...comment, mediaId: "other" }),
    ]);
    expect(
      blocks.map((block) => (block.type === "comments" ? block.bubbles.length : block.type)),
    ).toEqual(["time", 2, 1]);
  });

  it("puts the private reply to a comment among the messages", () => {
    const [, block] = blocksOf([
      bubble("a", { surface: "comment", mediaId: "post", from: "account", privateReply: true }),
    ]);
    expect(block?.type).toBe("message");
  });
});

describe("the delivery behind a bubble", () => {
  const talk = [
    bubble("a", { deliveryId: 4 }),
    bubble("b", { from: "account" }),
    bubble("c", { deliveryId: 7 }),
  ];

  it("is its own, or of what the account answered to", () => {
    expect(deliveryBehind(talk, "a")).toBe(4);
    expect(deliveryBehind(talk, "b")).toBe(4);
    expect(deliveryBehind(talk, "c")).toBe(7);
  });

  it("is none where nobody had written", () => {
    expect(deliveryBehind([bubble("x", { from: "account" })], "x")).toBeNull();
  });
});

describe("quick replies", () => {
  it("are offered by the newest message", () => {
    expect(offersQuickReplies([bubble("a", {}), offer("b")])).toBe("b");
  });

  it("stay through reactions and notes", () => {
    const note = bubble("n", { from: "note", content: { type: "note", text: "1 h passes" } });
    const reaction = bubble("r", { content: { type: "reaction", emoji: "❤️" } });
    expect(offersQuickReplies([offer("b"), reaction, note])).toBe("b");
  });

  it("vanish once something is said", () => {
    expect(offersQuickReplies([offer("b"), bubble("c", {})])).toBeNull();
  });

  it("of a message that did not arrive are not offered", () => {
    expect(offersQuickReplies([bubble("a", {}), offer("b", { send: "failed" })])).toBeNull();
  });
});

it("says what a card message shows, and the heart that Instagram calls love", () => {
  const cards = bubble("a", {
    content: { type: "message", message: { type: "carousel", cards: [{ title: "Rye" }] } },
  });
  expect(spokenContent(cards)).toBe("Rye");
  expect(spokenContent(bubble("b", { content: { type: "reaction", emoji: "love" } }))).toBe("❤️");
});

it("replies to the account's answer below the comment that it answered", () => {
  const at = { surface: "comment", mediaId: "post" } as const;
  const comment = bubble("c1", at);
  const answer = bubble("sent-1", {
    ...at,
    from: "account",
    content: { type: "public_reply", text: "Sent" },
  });
  const elsewhere = bubble("c2", { ...at, mediaId: "other" });
  const talk = [comment, elsewhere, answer];
  expect(parentComment(talk, comment)).toBe("c1");
  expect(parentComment(talk, answer)).toBe("c1");
  expect(parentComment([answer], answer)).toBeNull();
});
