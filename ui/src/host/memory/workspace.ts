/** The workspace of the recording: a bakery with five automations, one of them off. */

import type {
  Account,
  Automation,
  CollectionFigures,
  Figures,
  Media,
  Workspace,
} from "../bindings";

export const workspace: Workspace = { id: "bakery", name: "Bakery" };

export const account: Account = {
  id: "17841400000000001",
  workspaceId: workspace.id,
  username: "bakery",
  isActive: true,
  settings: { unsubscribeKeywords: ["stop"], resubscribeKeywords: ["start"] },
};

export const media: Media[] = [
  { id: "18000000000000071", kind: "post", title: "Oat and honey cookies" },
  { id: "18000000000000072", kind: "post", title: "Sourdough, step by step" },
  { id: "18000000000000031", kind: "story", title: "Weekend bake" },
  { id: "18000000000000091", kind: "live", title: "Saturday baking live" },
];

export const menu: Automation = {
  id: "menu",
  workspaceId: workspace.id,
  type: "dm_automation",
  name: "Menu",
  isActive: true,
  priority: 10,
  trigger: {
    mode: "specific_keywords",
    keywords: [
      { text: "menu", match: "whole_word" },
      { text: "what do you bake", match: "anywhere" },
    ],
  },
  steps: {
    opening: {
      enabled: true,
      text: "Hi {{contact.first_name|there}}! Want this week's menu?",
      button: "Yes please",
    },
    follow: {
      enabled: true,
      text: "It is for our followers. Follow us and tap below.",
      button: "I follow",
      verify: true,
      skipWhenFollowing: true,
      retryText: "We cannot see you among our followers yet. Follow us, then tap again.",
      mostAsks: 3,
      whenExhausted: "end",
    },
    email: {
      enabled: true,
      text: "Where may we send the printable one? Write your email address.",
      retryText: "That does not look like an address. Try again, like name@example.com.",
      skipWhenKnown: true,
      mostAsks: 3,
      whenExhausted: "skip",
    },
    main: {
      enabled: true,
      messages: [
        {
          type: "text",
          text: "Here it is, {{contact.first_name|friend}}. Fresh from seven each morning.",
        },
        {
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
            { title: "Cinnamon knots", subtitle: "Saturdays only, 2.80", buttons: [] },
          ],
        },
      ],
    },
  },
  version: 3,
  createdAt: 1789990000000,
  updatedAt: 1789990000000,
};

export const hours: Automation = {
  id: "hours",
  workspaceId: workspace.id,
  type: "dm_automation",
  name: "Opening hours",
  isActive: true,
  priority: 20,
  trigger: {
    mode: "specific_keywords",
    keywords: [
      { text: "hours", match: "whole_word" },
      { text: "open", match: "whole_word" },
    ],
  },
  steps: {
    main: {
      enabled: true,
      messages: [
        {
          type: "buttons",
          text: "We are open from Tuesday to Sunday, 7 to 15.",
          buttons: [
            { title: "Show on the map", url: "https://bakery.example/map" },
            { title: "See the menu", step: "main" },
          ],
        },
      ],
    },
  },
  version: 1,
  createdAt: 1789990000001,
  updatedAt: 1789990000001,
};

export const smallTalk: Automation = {
  id: "small-talk",
  workspaceId: workspace.id,
  type: "dm_automation",
  name: "Anything else",
  isActive: false,
  priority: 90,
  trigger: { mode: "any_reply" },
  steps: { main: { enabled: true, messages: [{ type: "text", text: "We read this soon." }] } },
  version: 1,
  createdAt: 1789990000002,
  updatedAt: 1789990000002,
};

export const weekend: Automation = {
  id: "weekend",
  workspaceId: workspace.id,
  type: "story_reply_flow",
  name: "Weekend bake",
  isActive: true,
  priority: 10,
  target: { media: "18000000000000031" },
  trigger: { mode: "any_reply" },
  steps: {
    reaction: { enabled: true, reaction: "love" },
    opening: { enabled: true, text: "Shall we put a loaf aside for you?", button: "Put one aside" },
    email: { enabled: false, text: "Which address is yours?", mostAsks: 2, whenExhausted: "end" },
    main: {
      enabled: true,
      messages: [
        {
          type: "text",
          text: "Done. When do you come?",
          quickReplies: [{ title: "Saturday" }, { title: "Sunday" }],
        },
      ],
    },
  },
  version: 1,
  createdAt: 1789990000003,
  updatedAt: 1789990000003,
};

export const recipe: Automation = {
  id: "recipe",
  workspaceId: workspace.id,
  type: "comment_reply_flow",
  name: "Cookie recipe",
  isActive: true,
  priority: 10,
  target: "all",
  trigger: {
    mode: "specific_keywords",
    keywords: [{ text: "recipe", match: "anywhere" }],
    includeReplies: false,
  },
  steps: {
    publicReply: { enabled: true, texts: ["Sent you a message!", "Look into your messages."] },
    opening: {
      enabled: true,
      text: "You asked for the recipe. Shall I send it?",
      button: "Send it",
    },
    main: {
      enabled: true,
      messages: [
        { type: "media", kind: "image", url: "https://bakery.example/recipe.png" },
        { type: "text", text: "Bake at 180 degrees for eleven minutes." },
      ],
    },
  },
  version: 2,
  createdAt: 1789990000004,
  updatedAt: 1789990000004,
};

export const automations: Automation[] = [menu, hours, smallTalk, weekend, recipe];

function collection(reads: number, nearHits: number, sharedHits: number): CollectionFigures {
  const misses = reads - nearHits - sharedHits;
  return {
    reads,
    nearHits,
    sharedHits,
    negativeHits: 0,
    misses,
    bypasses: 0,
    stale: 0,
    errors: 0,
    writes: misses,
    invalidations: 0,
    readMicros: nearHits * 2 + sharedHits * 11 + misses * 240,
  };
}

/** Counters as they stood after so many recorded deliveries. */
export function figuresAfter(deliveries: number, sent: number, failed = 0): Figures {
  const n = deliveries;
  return {
    cache: {
      workspace: collection(n, Math.max(0, n - 1), 0),
      automations: collection(n, Math.max(0, n - 2), 0),
      userState: collection(n, 0, Math.max(0, n - 3)),
      contact: { ...collection(0, 0, 0), bypasses: n },
    },
    deliveries: n,
    events: n,
    decisions: n,
    sent,
    failed,
    queueWaiting: 0,
    queueDead: failed,
  };
}
