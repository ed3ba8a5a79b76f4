/**
 * Every English sentence and label of the window, in one place. What the engine says
 * (summaries, errors) comes as a sentence already and is shown as it is.
 */

import type {
  AutomationType,
  Awaiting,
  Collection,
  EventKind,
  KeywordMatch,
  MediaKind,
  MediaSurface,
  OutboxState,
  Outcome,
  Reason,
  StepName,
  Surface,
  Theme,
  Tier,
  WhenExhausted,
} from "@/host";
import { plural } from "@/shared/number";
import { builder } from "./texts/builder";
import { cache } from "./texts/cache";
import { connections } from "./texts/connections";
import { conversations } from "./texts/conversations";
import { keys } from "./texts/keys";
import { library } from "./texts/library";
import { listener } from "./texts/listener";
import { notices } from "./texts/notices";
import { palette } from "./texts/palette";
import { playback } from "./texts/playback";
import { queue } from "./texts/queue";
import { traffic } from "./texts/traffic";
import { tunnel } from "./texts/tunnel";
import { welcome } from "./texts/welcome";
import { windows } from "./texts/windows";

const awaiting: Record<Awaiting, string> = {
  awaiting_opening_response: "waiting for the button",
  awaiting_follow_confirmation: "waiting for the follow",
  awaiting_email: "waiting for an email",
};

const steps: Record<StepName, string> = {
  public_reply: "Public reply",
  reaction: "Reaction",
  opening: "Opening message",
  follow: "Ask to follow",
  email: "Ask for email",
  main: "Main message",
};

const kinds: Record<EventKind, string> = {
  dm_text: "Direct message",
  dm_attachment: "Attachment",
  quick_reply: "Quick reply",
  postback: "Button tapped",
  story_reply: "Story reply",
  story_mention: "Story mention",
  reaction: "Reaction",
  read: "Read",
  referral: "Referral",
  optin: "Opt-in",
  echo: "Echo",
  deleted: "Message deleted",
  edited: "Message edited",
  unsupported: "Unsupported",
  standby: "Standby",
  comment: "Comment",
  live_comment: "Live comment",
  mention: "Mention",
  other: "Other",
};

const reasons: Record<Reason, string> = {
  started: "started",
  advanced: "went on",
  asked_again: "asked again",
  answered_with_awaited: "answered with what is awaited",
  skipped: "step skipped",
  gave_up: "gave up",
  no_match: "no match",
  no_automations: "no automations",
  never_triggers: "never triggers",
  own_message: "own message",
  human_stepped_in: "human stepped in",
  silenced: "silenced",
  unsubscribed: "unsubscribed",
  resubscribed: "subscribed again",
  contact_unsubscribed: "is unsubscribed",
  outside_window: "outside the window",
  automation_disabled: "automation is off",
  automation_deleted: "automation deleted",
  step_removed: "step removed",
  unknown_account: "unknown account",
  account_inactive: "account is off",
  duplicate: "duplicate",
  older_than_state: "older than the state",
  no_contact: "no contact",
  foreign_account: "foreign account",
};

const surfaces: Record<Surface, string> = {
  dm: "Message",
  story_reply: "Story reply",
  comment: "Comment",
  live_comment: "Live",
};

const sends: Record<OutboxState, string> = {
  sent: "sent",
  retrying: "is tried again",
  failed: "not sent",
  unknown: "may have arrived",
  dropped: "not attempted",
};

const collections: Record<Collection, string> = {
  workspace: "workspace",
  automations: "automations",
  user_state: "user state",
  contact: "contact",
};

const tiers: Record<Tier, string> = { near: "near", shared: "shared", store: "store" };

const outcomes: Record<Outcome, string> = {
  hit: "hit",
  miss: "miss",
  negative_hit: "known absent",
  bypass: "bypass",
  stale: "stale",
  error: "error",
};

const matches: Record<KeywordMatch, string> = {
  whole_word: "as a word",
  anywhere: "anywhere",
  exactly: "exactly",
};

const automationTypes: Record<AutomationType, string> = {
  dm_automation: "Direct messages",
  story_reply_flow: "Story replies",
  comment_reply_flow: "Comments",
};

const mediaKinds: Record<MediaKind, string> = {
  image: "Image",
  video: "Video",
  audio: "Voice clip",
  file: "File",
};

const mediaSurfaces: Record<MediaSurface, string> = {
  post: "post",
  story: "story",
  live: "live video",
};

const themes: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

export const texts = {
  product: "Heliograph",

  builder,
  connections,
  conversations,
  library,
  palette,
  playback,
  queue,
  traffic,
  welcome,
  windows,
  cache,
  notices,
  tunnel,

  window: {
    screens: "Screens",
    screen: {
      simulator: "Simulator",
      builder: "Builder",
      traffic: "Traffic",
      conversations: "Conversations",
      queue: "Queue",
      cache: "Cache",
      connections: "Connections",
    },
    opening: "Opening the demo workspace…",
    failed: "The workspace did not open",
    retry: "Try again",
    noHost: "This window needs the Heliograph application.",
    noHostHint: "Start it with cargo xtask run.",
    recording: "recording",
    recordingHint:
      "A recorded conversation is played back here. Open the application to talk to the engine.",
    simulator: "Simulator",
    dismiss: "Dismiss",
    clearSearch: "Clear",
    crashed: "This part of the window stopped working",
  },

  theme: {
    label: (theme: Theme) => `Theme: ${themes[theme]}. Switch.`,
    hint: (theme: Theme) => `Theme: ${themes[theme]}`,
  },

  status: {
    simulator: "Simulator:",
    whose: {
      window: "this window",
      nobody: "handled elsewhere",
    },
    workers: (answering: number, named: number) =>
      answering === named
        ? plural(named, "worker", "workers")
        : `${answering} of ${plural(named, "worker", "workers")} answer`,
    whoseHint: (profile: string) => ({
      window: `What this window has done for ${profile} since it was connected`,
      workers: `What the workers of ${profile} have done since each was started, as their metrics tell it`,
      nobody: `This window handles nothing for ${profile}. Name its workers’ metrics in Connections to see what they do.`,
    }),
    wouldSend: (n: number) => `${n} not sent (dry run)`,
    queueUnknown: "queue –",
    showQueue: "Show the queue",
    showTraffic: "Show the deliveries",
    showNotSent: "Show the deliveries with what was not sent",
    deliveries: (n: number) => plural(n, "delivery", "deliveries"),
    events: (n: number) => plural(n, "event", "events"),
    sent: (n: number) => `${n} sent`,
    failed: (n: number) => `${n} failed`,
    queue: (n: number) => `queue ${n}`,
    dead: (n: number) => plural(n, "job failed", "jobs failed"),
    showFailed: "Show the message that was not sent",
    showCache: "Show the cache figures",
  },

  people: {
    title: "People",
    add: "Add person",
    addTitle: "New person",
    name: "Name",
    namePlaceholder: "Nora",
    followsAccount: (username: string) => `Follows @${username}`,
    create: "Add",
    cancel: "Cancel",
    language: "Language",
    languageHint:
      "How this person writes. Instagram tells no language, so automations cannot see it.",
    languageNone: "not set",
    languageOther: "Other…",
    languageTag: "Language tag",
    languageTagPlaceholder: "such as fa or pt-PT",
    languageBad: "Write a language tag, such as fa, pt-PT or zh-Hant.",
    writes: (language: string) => `writes ${language}`,
    languages: {
      ar: "Arabic",
      zh: "Chinese",
      en: "English",
      fr: "French",
      de: "German",
      he: "Hebrew",
      hi: "Hindi",
      id: "Indonesian",
      ja: "Japanese",
      pt: "Portuguese",
      ru: "Russian",
      es: "Spanish",
      tr: "Turkish",
    } as Readonly<Record<string, string>>,
    list: "People",
    follows: "follows",
    followsNot: "does not follow",
    unsubscribed: "unsubscribed",
    follow: (username: string) => `Follow @${username}`,
    unfollow: (username: string) => `Stop following @${username}`,
    unsubscribe: "Unsubscribe",
    subscribe: "Subscribe again",
    unsubscribedSwitch: "Unsubscribed",
    nothingAwaited: "nothing awaited",
    neverWrote: "has not written yet",
    unread: (n: number) => plural(n, "new message", "new messages"),
    email: "Email",
    noEmail: "none yet",
    window: "24 h window",
    windowHint: "Instagram lets the account write until 24 hours after the person's last message.",
    windowOpen: (left: string) => `${left} left`,
    windowClosed: "closed",
    windowNever: "not open yet",
    silenced: "Silenced",
    silencedFor: (left: string) => `for ${left}`,
    details: (name: string) => `About ${name}`,
    stateOf: "State",
  },

  awaiting,
  awaitingShort: {
    awaiting_opening_response: "button",
    awaiting_follow_confirmation: "follow",
    awaiting_email: "email",
  } satisfies Record<Awaiting, string>,
  steps,
  kinds,
  reasons,
  surfaces,
  sends,
  collections,
  tiers,
  outcomes,
  matches,
  automationTypes,

  conversation: {
    title: "Conversation",
    with: (person: string, account: string) => `@${person} → @${account}`,
    windowOpen: (left: string) => `24 h window ${left}`,
    windowClosed: "24 h window closed",
    empty: (name: string) => `${name} has not written yet.`,
    emptyHint: "Write below as a customer would, and see what the automations answer.",
    tryOne: "Or begin with one of these:",
    nobody: "Nobody is here yet.",
    nobodyHint: "Add a person to talk to the automations as a customer.",
    newMessages: (n: number) => `${plural(n, "new message", "new messages")} below`,
    earlier: (n: number) => `Show ${plural(n, "earlier message", "earlier messages")}`,
    why: "Why was this answered so?",
    actions: "What can be done with this message",
    react: (emoji: string) => `React with ${emoji}`,
    delete: "Delete",
    edit: "Edit",
    replyTo: "Reply to this comment",
    privateReply: "Private reply to a comment",
    byHand: "Answered by hand",
    repliedToStory: (title: string) => `Replied to the story “${title}”`,
    commentOn: (kind: MediaSurface, title: string) =>
      kind === "live" ? `Comment on the live video “${title}”` : `Comment on “${title}”`,
    unknownMedia: "unknown",
    deleted: "Message deleted",
    reacted: (who: string, emoji: string) => `${who} reacted ${emoji}`,
    image: "Image",
    attachment: (kind: string) =>
      kind === "story_mention"
        ? "Mentioned the account in a story"
        : kind in mediaKinds
          ? mediaKinds[kind as MediaKind]
          : (playback.sendables[kind as keyof typeof playback.sendables] ?? kind),
    mediaNotLoaded: "Not loaded: nothing leaves this machine.",
    opensAddress: (url: string) => `Opens ${url}`,
    openedAddress: (url: string) =>
      `Instagram would open ${url}. A link sends no webhook, so nothing happens here.`,
    quickReplies: "Quick replies",
    cards: "Cards",
    saidBy: (who: string, what: string) => `${who}: ${what}`,
    failedReason: (state: OutboxState, why: string | null) =>
      why ? `${capital(sends[state])}: ${why}` : capital(sends[state]),
    sending: "on its way",
  },

  composer: {
    label: (name: string) => `Write as ${name}`,
    placeholder: (name: string) => `Write as ${name}…`,
    commentPlaceholder: (name: string) => `Comment as ${name}…`,
    storyPlaceholder: (name: string) => `Reply to the story as ${name}…`,
    handPlaceholder: (account: string) => `Answer by hand as @${account}…`,
    editPlaceholder: "Write the new text…",
    send: "Send",
    surface: "Where it is written",
    on: (kind: MediaSurface) => `Which ${mediaSurfaces[kind]}`,
    noMedia: (kind: MediaSurface) => `The workspace has no ${mediaSurfaces[kind]}.`,
    more: "More ways to write",
    image: "Send an image",
    mention: (account: string) => `Mention @${account} in a story`,
    byHand: (account: string) => `Answer by hand as @${account}`,
    byHandActive: (account: string) => `You answer as @${account}, as if from its own inbox.`,
    link: "Came by a link…",
    linkPlaceholder: "Reference of the link, such as spring-menu…",
    linkActive: (name: string) => `${name} comes by a link that carries this reference.`,
    editing: "Editing a message",
    replying: (text: string) => `Replying to “${text}”`,
    leave: "Leave",
  },

  flow: {
    title: "Flow",
    pick: "Automation shown",
    follow: "Latest",
    followNamed: (name: string) => `Latest: ${name}`,
    off: "off",
    none: "The workspace has no automation yet.",
    noneHint: "Import one with heliograph import, and its steps appear here.",
    running: (name: string) => `Running for ${name}`,
    lastRun: (name: string) => `Last ran for ${name}`,
    wasRunning: (name: string) => `Was running for ${name}`,
    hadNotRun: "Had not run yet in this conversation",
    thenNamed: (name: string) => `Then: ${name}`,
    thenAt: (name: string, time: string) =>
      `Where ${name} stood after the chosen moment (${time}), not now.`,
    thenUndone: (name: string) =>
      `The chosen moment is undone. Where ${name} stood after it comes back when you go forward.`,
    thenUnknown: (name: string) =>
      `Where ${name} stood after the chosen moment cannot be told any more.`,
    idle: "Has not run yet in this conversation",
    isOff: "This automation is off: nothing triggers it.",
    trigger: "Trigger",
    anyReply: {
      dm_automation: "any direct message",
      story_reply_flow: "any reply",
      comment_reply_flow: "any comment",
    } satisfies Record<AutomationType, string>,
    target: {
      dm_automation: "in the direct messages",
      story_reply_flow: "to any story",
      comment_reply_flow: "on any post",
    } satisfies Record<AutomationType, string>,
    targetMedia: (title: string) => `on “${title}”`,
    repliesToo: "replies to comments count too",
    stepOff: "off",
    skipped: "passed over",
    button: "button",
    delay: (words: string) => `sent ${words} later`,
    verify: "checked with the profile",
    oneOf: (n: number) => `one of ${n} texts`,
    gate: awaiting,
    asked: (n: number, of: number | null) => (of ? `asked ${n} of ${of}` : `asked ${n} ×`),
    expires: (left: string) => `expires in ${left}`,
    exhausted: (asks: number, then: WhenExhausted) =>
      `${plural(asks, "ask", "asks")}, then ${then === "end" ? "the flow ends" : "the step is skipped"}`,
    done: "Done: nothing is awaited",
    ended: {
      finished: "Done: nothing is awaited",
      gave_up: "Ended: it had asked often enough",
      expired: "Expired: the wait ran out. Its buttons still find their way.",
      left: "Left: another automation took over",
      unsubscribed: "Ended: the person unsubscribed",
      stopped: "Ended: nothing is awaited any more",
      running: "Done: nothing is awaited",
      none: "Done: nothing is awaited",
    },
    noSteps: "This automation has no step to run.",
    card: (n: number, title: string) => `${n}. ${title}`,
  },

  why: {
    title: "Why",
    empty: "No decision yet.",
    emptyHint:
      "Every message gets one: which automations were looked at, what was read from where, and what was sent.",
    older: "Earlier decision",
    newer: "Later decision",
    position: (n: number, of: number) => `${n} of ${of}`,
    latest: "Follow the latest",
    decidedAt: "Decided at",
    state: "State",
    unchanged: "unchanged",
    lookedAt: "Looked at",
    lookedAtNone: "No automation was looked at.",
    lookedAtAwaited: "None: the conversation under way comes first.",
    notListed: (n: number) => `and ${n} more without one of their keywords in the text`,
    notes: "On the way",
    reads: "Read from",
    readsTier: "Tier",
    readsOutcome: "Outcome",
    readsTime: "Time",
    readsNone: "Nothing was read.",
    effects: "Effects",
    effectsNone: "Nothing is sent.",
    contact: "Contact",
    contactEmail: (email: string) => `email is ${email}`,
    contactFollows: (follows: boolean) =>
      follows ? "profile says: follows" : "profile says: does not follow",
    contactUnsubscribed: (unsubscribed: boolean) =>
      unsubscribed ? "unsubscribed" : "subscribed again",
    contactSilenced: (until: string) => `silenced until ${until}`,
    raw: "Webhook as it arrived",
    rawGone: "The journal does not hold it any more.",
    loading: "Reading…",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Select the text and copy it by hand.",
    delayed: (words: string) => `due ${words} after the decision`,
    queued: "on its way",
    sendTo: "private reply",
    delivery: (id: number) => `delivery ${id}`,
    matchedAny: "matched: it answers anything",
    matchedKeyword: (keyword: string, kind: KeywordMatch) => {
      const how: Record<KeywordMatch, string> = {
        whole_word: "as a word",
        anywhere: "anywhere in the text",
        exactly: "as the whole text",
      };
      return `matched: keyword “${keyword}” ${how[kind]}`;
    },
    noKeyword: "did not match: none of its keywords is in the text",
    noText: "did not match: it looks for keywords and there is no text",
    repliesNotIncluded: "did not match: it does not answer replies to comments",
    noSteps: "did not match: it has no step to run",
    notReached: "not tried: an earlier one matched first",
  },

  clock: {
    title: "Clock",
    hint: "The simulator's clock. It stands still until you let time pass.",
    letPass: "Let time pass",
    minutes11: "+11 min",
    hour: "+1 h",
    day: "+24 h",
    toExpiry: "to expiry",
    toExpiryHint: (name: string) => `To the moment when ${name}'s wait expires`,
    noExpiryHint: "Nobody is waiting for anything, so nothing expires",
    custom: "Other…",
    customLabel: "How long",
    customHint: "Such as 90 min, 9 h or 2 d",
    customBad: "Write a duration such as 90 min, 9 h or 2 d.",
    pass: "Let it pass",
  },

  counters: {
    title: "Cache",
    hint: "The share of reads that did not need the store, against its target.",
    hits: (n: number) => plural(n, "hit", "hits"),
    misses: (n: number) => plural(n, "miss", "misses"),
    of: (target: number) => `of ${target} %`,
    cold: "no reads yet",
    few: "Few reads yet, and each first read is a miss.",
    off: "not cached",
    reads: (n: number) => plural(n, "read", "reads"),
    below: "below its target",
    row: (name: string, rate: string, target: number) => `${name}: ${rate} of ${target} %`,
  },

  reset: {
    button: "Start over",
    question: (workspace: string) => `Start over with ${workspace}?`,
    what: (messages: number, people: number) =>
      messages === 0
        ? "Nothing was said yet. The people and automations go back to how the workspace was opened."
        : `${plural(messages, "message", "messages")} with ${plural(people, "person", "people")}, their states and the counters are thrown away. The workspace goes back to how it was opened.`,
    confirm: "Start over",
    cancel: "Keep everything",
  },

  listener,

  keys,

  suggestions: {
    say: (word: string) => `Say “${word}”`,
    comment: (word: string, title: string) => `Comment “${word}” on “${title}”`,
    reply: (word: string, title: string) => `Reply “${word}” to the story “${title}”`,
    anything: "Lovely!",
    hello: "Hello!",
  },
} as const;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
