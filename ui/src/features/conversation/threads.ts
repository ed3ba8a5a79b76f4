/** How a conversation is laid out: blocks of bubbles with the time between them. */

import type { Bubble, DeliveryId, MediaId, Surface } from "@/host";

/** A silence of so many milliseconds gets a time of its own, as Instagram shows it. */
const SILENCE = 30 * 60 * 1000;

export type Block =
  | { type: "time"; key: string; at: number }
  | { type: "note"; key: string; bubble: Bubble }
  | { type: "message"; key: string; bubble: Bubble }
  | { type: "comments"; key: string; surface: Surface; media: MediaId | null; bubbles: Bubble[] };

export function blocksOf(conversation: readonly Bubble[]): Block[] {
  const blocks: Block[] = [];
  let before: number | null = null;
  for (const bubble of conversation) {
    if (before === null || bubble.at - before >= SILENCE) {
      blocks.push({ type: "time", key: `time-${bubble.id}`, at: bubble.at });
    }
    before = bubble.at;
    if (bubble.from === "note" || bubble.content.type === "note") {
      blocks.push({ type: "note", key: bubble.id, bubble });
      continue;
    }
    if (!isPublic(bubble)) {
      blocks.push({ type: "message", key: bubble.id, bubble });
      continue;
    }
    const last = blocks.at(-1);
    if (
      last?.type === "comments" &&
      last.media === bubble.mediaId &&
      last.surface === bubble.surface
    ) {
      last.bubbles.push(bubble);
    } else {
      blocks.push({
        type: "comments",
        key: `thread-${bubble.id}`,
        surface: bubble.surface,
        media: bubble.mediaId,
        bubbles: [bubble],
      });
    }
  }
  return blocks;
}

/** Whether everybody sees it below a post or live video. */
export function isPublic(bubble: Bubble): boolean {
  return (
    (bubble.surface === "comment" || bubble.surface === "live_comment") && !bubble.privateReply
  );
}

/**
 * The comment that a reply to this bubble is a reply to. Instagram's threads are one deep:
 * who replies to the account's answer replies to the comment that it answered.
 */
export function parentComment(conversation: readonly Bubble[], bubble: Bubble): string | null {
  if (bubble.from === "person") return bubble.id;
  const before = conversation.slice(0, conversation.indexOf(bubble));
  const parent = before.findLast(
    (each) => each.from === "person" && each.mediaId === bubble.mediaId && isPublic(each),
  );
  return parent?.id ?? null;
}

/** Whether the person never got it, so that nothing in it can be tapped. */
export function isUndelivered(bubble: Bubble): boolean {
  return bubble.from === "account" && bubble.send !== null && !bubble.arrived;
}

/** The delivery that a bubble belongs to: its own, or of what the account answered to. */
export function deliveryBehind(
  conversation: readonly Bubble[],
  bubbleId: string,
): DeliveryId | null {
  const index = conversation.findIndex((bubble) => bubble.id === bubbleId);
  for (let i = index; i >= 0; i -= 1) {
    const delivery = conversation[i]?.deliveryId;
    if (delivery !== null && delivery !== undefined) return delivery;
  }
  return null;
}

/** The bubble whose quick replies are still offered: they vanish with the next message. */
export function offersQuickReplies(conversation: readonly Bubble[]): string | null {
  for (let i = conversation.length - 1; i >= 0; i -= 1) {
    const bubble = conversation[i];
    if (!bubble || bubble.from === "note" || isPublic(bubble)) continue;
    if (bubble.content.type === "reaction" || isUndelivered(bubble)) continue;
    if (bubble.from === "person") return null;
    if (bubble.content.type === "message" && bubble.content.message.type === "text") {
      return bubble.content.message.quickReplies?.length ? bubble.id : null;
    }
    return null;
  }
  return null;
}

/** Instagram calls the heart `love`. */
export function emojiOf(reaction: string): string {
  return reaction === "love" ? "❤️" : reaction;
}

/** What a bubble says, as one line for those who hear it. */
export function spokenContent(bubble: Bubble): string {
  const { content } = bubble;
  switch (content.type) {
    case "text":
    case "public_reply":
    case "note":
      return content.text;
    case "tap":
      return content.title;
    case "reaction":
      return emojiOf(content.emoji);
    case "attachment":
      return content.kind;
    case "deleted":
      return "";
    case "message": {
      const { message } = content;
      switch (message.type) {
        case "text":
        case "buttons":
          return message.text;
        case "carousel":
          return message.cards.map((card) => card.title).join(", ");
        case "media":
          return message.kind;
      }
    }
  }
}
