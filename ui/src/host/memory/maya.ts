/** The recording "Maya asks for the menu": every step of a conversation, and what else there is. */

import type { LookedAt, OutgoingMessage } from "../bindings";
import type { Recording } from "./recording";
import { Scenes, sends } from "./scenes";
import { hours, menu, recipe, weekend } from "./workspace";

export const MAYA = "900000000000011";
export const TOM = "900000000000012";
export const ANA = "900000000000013";
const COOKIES = "18000000000000071";
const WEEKEND = "18000000000000031";

const MINUTE = 60_000;

const buttons = (text: string, title: string, payload: string): OutgoingMessage => ({
  type: "buttons",
  text,
  buttons: [{ title, payload }],
});

const byMenu: LookedAt[] = [
  {
    automationId: menu.id,
    name: menu.name,
    verdict: { verdict: "matched", by: { by: "keyword", keyword: "menu", kind: "whole_word" } },
  },
  { automationId: hours.id, name: hours.name, verdict: { verdict: "not_reached" } },
];

const noneOfTheWords: LookedAt[] = [
  { automationId: menu.id, name: menu.name, verdict: { verdict: "no_keyword" } },
  { automationId: hours.id, name: hours.name, verdict: { verdict: "no_keyword" } },
];

export function mayaAsksForTheMenu(): Recording {
  const follow = buttons(
    "It is for our followers. Follow us and tap below.",
    "I follow",
    "hg1|d|menu||follow",
  );
  return new Scenes("Maya asks for the menu", [
    { id: MAYA, name: "Maya", username: "maya.bakes", follows: false },
    { id: TOM, name: "Tom", username: "tom.k", follows: true },
    { id: ANA, name: "Ana", username: "ana.example", follows: false },
  ])
    .answered(MAYA, {
      title: "say “what's the menu?” as Maya",
      wish: { wish: "act", action: { do: "say", person: MAYA, text: "what's the menu?" } },
      said: {
        content: { type: "text", text: "what's the menu?" },
        kind: "dm_text",
        text: "what's the menu?",
      },
      reason: "started",
      summary: "“Menu” started: keyword “menu” as a word.",
      automation: menu,
      lookedAt: byMenu,
      after: "awaiting_opening_response",
      effects: [
        sends(
          MAYA,
          menu,
          "opening",
          buttons("Hi Maya! Want this week's menu?", "Yes please", "hg1|d|menu||opening"),
        ),
      ],
    })
    .answered(MAYA, {
      title: "tap “Yes please” as Maya",
      wish: {
        wish: "act",
        action: { do: "tap", person: MAYA, bubble: "bubble-2", card: null, button: 0 },
      },
      said: { content: { type: "tap", title: "Yes please" }, kind: "postback", text: "Yes please" },
      reason: "advanced",
      summary: "“Menu” went on: the button of the opening message was tapped.",
      automation: menu,
      before: "awaiting_opening_response",
      after: "awaiting_follow_confirmation",
      effects: [sends(MAYA, menu, "follow", follow)],
    })
    .answered(MAYA, {
      title: "tap “I follow” as Maya, who does not",
      wish: {
        wish: "act",
        action: { do: "tap", person: MAYA, bubble: "bubble-4", card: null, button: 0 },
      },
      said: { content: { type: "tap", title: "I follow" }, kind: "postback", text: "I follow" },
      reason: "asked_again",
      summary: "“Menu” asked again: Maya's profile says that she does not follow @bakery.",
      automation: menu,
      before: "awaiting_follow_confirmation",
      after: "awaiting_follow_confirmation",
      asked: 2,
      contact: { follows: false },
      effects: [
        sends(
          MAYA,
          menu,
          "follow",
          buttons(
            "We cannot see you among our followers yet. Follow us, then tap again.",
            "I follow",
            "hg1|d|menu||follow",
          ),
        ),
      ],
    })
    .follows("let Maya follow", MAYA, true)
    .answered(MAYA, {
      title: "tap “I follow” as Maya",
      wish: {
        wish: "act",
        action: { do: "tap", person: MAYA, bubble: "bubble-6", card: null, button: 0 },
      },
      said: { content: { type: "tap", title: "I follow" }, kind: "postback", text: "I follow" },
      reason: "advanced",
      summary: "“Menu” went on: Maya's profile says that she follows @bakery.",
      automation: menu,
      before: "awaiting_follow_confirmation",
      after: "awaiting_email",
      contact: { follows: true },
      effects: [
        sends(MAYA, menu, "email", {
          type: "text",
          text: "Where may we send the printable one? Write your email address.",
        }),
      ],
    })
    .passed("let 11 minutes pass", 11 * MINUTE, "11 minutes pass", MAYA)
    .answered(MAYA, {
      title: "say “maya at example” as Maya",
      wish: { wish: "act", action: { do: "say", person: MAYA, text: "maya at example" } },
      said: {
        content: { type: "text", text: "maya at example" },
        kind: "dm_text",
        text: "maya at example",
      },
      reason: "asked_again",
      summary: "“Menu” asked again: there is no valid email address in the message.",
      automation: menu,
      before: "awaiting_email",
      after: "awaiting_email",
      asked: 2,
      effects: [
        sends(MAYA, menu, "email", {
          type: "text",
          text: "That does not look like an address. Try again, like name@example.com.",
        }),
      ],
    })
    .answered(MAYA, {
      title: "say “maya@example.com” as Maya",
      wish: { wish: "act", action: { do: "say", person: MAYA, text: "maya@example.com" } },
      said: {
        content: { type: "text", text: "maya@example.com" },
        kind: "dm_text",
        text: "maya@example.com",
      },
      reason: "advanced",
      summary:
        "“Menu” went on and is done: the address maya@example.com was stored on the contact.",
      automation: menu,
      before: "awaiting_email",
      contact: { email: "maya@example.com" },
      effects: [
        sends(MAYA, menu, "main", {
          type: "text",
          text: "Here it is, Maya. Fresh from seven each morning.",
        }),
        sends(MAYA, menu, "main", {
          type: "carousel",
          cards: [
            {
              title: "Rye sourdough",
              subtitle: "800 g, 5.20",
              buttons: [{ title: "Order", url: "https://bakery.example/rye" }],
            },
            {
              title: "Oat cookies",
              subtitle: "Box of six, 7.00",
              buttons: [{ title: "Order", url: "https://bakery.example/oat" }],
            },
            { title: "Cinnamon knots", subtitle: "Saturdays only, 2.80" },
          ],
        }),
      ],
    })
    .answered(TOM, {
      title: "comment “recipe please!” as Tom on “Oat and honey cookies”",
      wish: {
        wish: "act",
        action: {
          do: "comment",
          person: TOM,
          media: COOKIES,
          text: "recipe please!",
          parent: null,
        },
      },
      said: {
        content: { type: "text", text: "recipe please!" },
        surface: "comment",
        mediaId: COOKIES,
        kind: "comment",
        text: "recipe please!",
      },
      reason: "started",
      summary: "“Cookie recipe” started: keyword “recipe” anywhere in the text.",
      automation: recipe,
      lookedAt: [
        {
          automationId: recipe.id,
          name: recipe.name,
          verdict: {
            verdict: "matched",
            by: { by: "keyword", keyword: "recipe", kind: "anywhere" },
          },
        },
      ],
      after: "awaiting_opening_response",
      effects: [
        {
          effect: "reply_to_comment",
          commentId: "aWdfZAmid0008",
          text: "Sent you a message!",
          automationId: recipe.id,
        },
        {
          effect: "send",
          to: { comment: "aWdfZAmid0008" },
          message: buttons(
            "You asked for the recipe. Shall I send it?",
            "Send it",
            "hg1|c|recipe||opening",
          ),
          automationId: recipe.id,
          step: "opening",
          delayMs: 0,
        },
      ],
    })
    .answered(ANA, {
      title: "say “good morning” as Ana",
      wish: { wish: "act", action: { do: "say", person: ANA, text: "good morning" } },
      said: {
        content: { type: "text", text: "good morning" },
        kind: "dm_text",
        text: "good morning",
      },
      reason: "no_match",
      summary: "No automation matched “good morning”.",
      lookedAt: noneOfTheWords,
    })
    .answered(ANA, {
      title: "reply “so good!” to the story “Weekend bake” as Ana",
      wish: {
        wish: "act",
        action: { do: "reply_to_story", person: ANA, story: WEEKEND, text: "so good!" },
      },
      said: {
        content: { type: "text", text: "so good!" },
        surface: "story_reply",
        mediaId: WEEKEND,
        kind: "story_reply",
        text: "so good!",
      },
      reason: "started",
      summary: "“Weekend bake” started: it answers anything.",
      automation: weekend,
      lookedAt: [
        {
          automationId: weekend.id,
          name: weekend.name,
          verdict: { verdict: "matched", by: { by: "any_reply" } },
        },
      ],
      after: "awaiting_opening_response",
      effects: [
        {
          effect: "react",
          contactId: ANA,
          messageId: "aWdfZAmid0010",
          reaction: "love",
          automationId: weekend.id,
        },
        sends(
          ANA,
          weekend,
          "opening",
          buttons("Shall we put a loaf aside for you?", "Put one aside", "hg1|s|weekend||opening"),
        ),
      ],
    })
    .answered(ANA, {
      title: "tap “Put one aside” as Ana",
      wish: {
        wish: "act",
        action: { do: "tap", person: ANA, bubble: "bubble-21", card: null, button: 0 },
      },
      said: {
        content: { type: "tap", title: "Put one aside" },
        kind: "postback",
        text: "Put one aside",
      },
      reason: "advanced",
      summary: "“Weekend bake” went on and is done: the button of the opening message was tapped.",
      automation: weekend,
      before: "awaiting_opening_response",
      notes: ["ask for email: passed over, it is switched off"],
      effects: [
        sends(ANA, weekend, "main", {
          type: "text",
          text: "Done. When do you come?",
          quickReplies: [
            { title: "Saturday", payload: "Saturday" },
            { title: "Sunday", payload: "Sunday" },
          ],
        }),
      ],
    })
    .notDelivered(
      ANA,
      "failed",
      "Instagram refused it: the person cannot be messaged now. Nothing is tried again; look at the account's permissions.",
    )
    .unsubscribed("unsubscribe Ana", ANA, true)
    .answered(ANA, {
      title: "say “menu” as Ana, who is unsubscribed",
      wish: { wish: "act", action: { do: "say", person: ANA, text: "menu" } },
      said: { content: { type: "text", text: "menu" }, kind: "dm_text", text: "menu" },
      reason: "contact_unsubscribed",
      summary: "Nothing was sent: Ana is unsubscribed.",
      lookedAt: byMenu,
    })
    .recording();
}
