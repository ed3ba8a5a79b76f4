/** What a new step, message, button or card holds: complete, and fit to be sent. */

import type { Button, Card, Message, QuickReply, StepName, Steps } from "@/host";
import { STEP_FIELD } from "./steps";

const STEPS: { [K in keyof Steps]-?: NonNullable<Steps[K]> } = {
  publicReply: { enabled: true, texts: ["Sent you a message!", "Have a look at your messages."] },
  reaction: { enabled: true, reaction: "love" },
  opening: {
    enabled: true,
    text: "Hi {{contact.first_name|there}}! Shall we send it to you?",
    button: "Yes please",
  },
  follow: {
    enabled: true,
    text: "This is for our followers. Follow us, then tap below.",
    button: "I follow",
    verify: true,
    skipWhenFollowing: true,
    retryText: "We do not see you among our followers yet. Follow us, then tap again.",
    mostAsks: 3,
    whenExhausted: "end",
  },
  email: {
    enabled: true,
    text: "Which email address may we send it to?",
    retryText: "That does not look like an address. Please write it like name@example.com.",
    skipWhenKnown: true,
    mostAsks: 3,
    whenExhausted: "skip",
  },
  main: {
    enabled: true,
    messages: [{ type: "text", text: "Here it is, {{contact.first_name|friend}}. Enjoy!" }],
  },
};

export function newStep(step: StepName): NonNullable<Steps[keyof Steps]> {
  return structuredClone(STEPS[STEP_FIELD[step]]);
}

const ADDRESS = "https://example.com/";

export function newMessage(type: Message["type"]): Message {
  switch (type) {
    case "text":
      return { type, text: "One more thing: write to us whenever you like." };
    case "buttons":
      return { type, text: "Have a look:", buttons: [newButton([])] };
    case "carousel":
      return { type, cards: [newCard([])] };
    case "media":
      return { type, kind: "image", url: `${ADDRESS}picture.jpg` };
  }
}

export function newButton(beside: readonly Button[]): Button {
  return { title: unused("Learn more", beside), url: ADDRESS };
}

export function newQuickReply(beside: readonly QuickReply[]): QuickReply {
  return { title: unused("Tell me more", beside) };
}

export function newCard(beside: readonly Card[]): Card {
  return {
    title: unused("Card", beside, true),
    subtitle: "What it is, in one line",
    buttons: [newButton([])],
  };
}

export const NEW_PUBLIC_REPLY = "Thank you! We have written to you.";

/** A title that none of these has yet: people could not tell them apart. */
function unused(title: string, beside: readonly { title: string }[], numbered = false): string {
  const taken = new Set(beside.map((each) => each.title.toLowerCase()));
  if (!numbered && !taken.has(title.toLowerCase())) return title;
  let n = numbered ? 1 : 2;
  while (taken.has(`${title} ${n}`.toLowerCase())) n += 1;
  return `${title} ${n}`;
}
