/** The sentences and labels of the Simulator's timeline, clock, faults and scenarios. */

import type { BadAnswer, Document, DueKind, MomentKind, Sendable } from "@/host";
import { plural } from "@/shared/number";

const moments: Record<MomentKind, string> = {
  wrote: "wrote",
  tapped: "tapped",
  commented: "commented",
  replied_to_story: "replied to a story",
  mentioned: "mentioned the account in a story",
  attached: "sent something",
  reacted: "reacted",
  read: "has seen a message",
  deleted: "took a message back",
  changed: "changed a message",
  referred: "came by a link",
  by_hand: "was answered by hand",
  again: "delivery repeated",
  arrived: "webhook from outside",
  time: "time passed",
  joined: "came in",
  followed: "follows",
  unfollowed: "stopped following",
  noted: "changed by hand",
  put: "state set by hand",
  fault: "fault",
  edited: "automations edited",
};

const answers: Record<BadAnswer, string> = {
  server_error: "Server error (500)",
  too_many: "Too many requests (429, wait a minute)",
  token_expired: "Access token expired",
  drops_before: "No answer, and not taken",
  drops_after: "No answer, though it was taken",
  refuses: "Refused for good",
  outside_window: "Outside the 24-hour window",
  unreachable: "Blocked by the person",
};

const dues: Record<DueKind, string> = {
  send: "is sent",
  retry: "is tried again",
  state_expires: "expires",
  silence_ends: "automations answer again",
  window_closes: "24 h window closes",
};

const fields: Record<string, string> = {
  state: "awaits",
  automationId: "automation",
  asked: "asked",
  expiresAt: "expires",
  eventAt: "last event",
  startedBy: "started by",
  target: "for",
  email: "email",
  username: "handle",
  name: "name",
  follows: "follows",
  unsubscribed: "unsubscribed",
  silencedUntil: "silenced until",
  lastMessageAt: "last wrote",
};

const documents: Record<Document, string> = { state: "User state", contact: "Contact" };

const sendables: Record<Sendable, string> = {
  image: "Image",
  video: "Video",
  audio: "Voice message",
  file: "File",
  ig_post: "Shared post",
  ig_reel: "Shared reel",
  ig_story: "Shared story",
  share: "Shared link",
  like_heart: "Heart",
  unsupported: "Something unsupported",
};

export const playback = {
  moments,
  answers,
  dues,
  sendables,

  timeline: {
    title: "Timeline",
    empty:
      "Everything that is said and done appears here. Click a moment to see what it changed, or to go back to it.",
    list: "Moments",
    undone: "undone",
    moment: (who: string | null, what: string, label: string) =>
      [who, what, label ? `“${label}”` : ""].filter(Boolean).join(" "),
    sends: (n: number) => plural(n, "message sent", "messages sent"),
    waiting: (n: number) => `${n} tried again later`,
    failed: (n: number) => `${n} not sent`,
    cache: (hits: number, misses: number) =>
      `cache: ${plural(hits, "hit", "hits")}, ${plural(misses, "miss", "misses")}`,
    now: "now",
    goBack: "Go back to",
    before: "before it",
    after: "after it",
    beforeHint: "Undoes it and everything behind it, so that another answer can be tried",
    afterHint: "Undoes everything behind it",
    redo: "Forward again",
    redoHint: (n: number) =>
      `${plural(n, "moment is", "moments are")} undone, until something new is done`,
    leave: "Show the latest",
    earlier: "Earlier moments are not listed any more",
    world: "everybody",
    fold: "Fold the timeline",
    unfold: "Show the timeline",
  },

  changes: {
    title: "What this moment changed",
    none: "It changed nothing that is stored.",
    documents,
    field: (name: string) => fields[name] ?? name,
    absent: "–",
    gone: "This moment is not there any more.",
    noDecision: "Nothing was decided at this moment.",
    undone:
      "This moment is undone. Its decision and its webhook come back when you go forward again.",
  },

  clock: {
    play: "Let the clock run",
    pause: "Stop the clock",
    speed: "How fast the clock runs",
    times: (n: number) => `${n}×`,
    due: "Due",
    dueTitle: "What happens when time passes",
    dueNone:
      "Nothing is due. A wait that expires, a delayed message or a retry appears here before it happens.",
    jump: "Jump there",
    jumpTo: (what: string) => `Jump there: ${what}`,
    in: (left: string) => `in ${left}`,
    what: (who: string | null, kind: DueKind, more: string | null) =>
      kind === "send" || kind === "retry"
        ? `${who ? `To ${who}: ` : ""}${more ? `“${more}” ` : ""}${dues[kind]}`
        : `${who ? `${who}: ` : ""}${more ? `the wait for the ${more} ` : ""}${dues[kind]}`,
  },

  faults: {
    title: "Faults",
    open: "Let something go wrong on purpose",
    active: "Faults on purpose",
    intro:
      "Try what happens when things go wrong. The conversation then shows what the person saw.",
    deliveries: "Webhooks",
    comesTwice: "The next one comes twice",
    heldBack: "Hold the next one back",
    heldBackHint: "It arrives right after the one behind it",
    again: "Repeat the last one",
    arrives: "Deliver it now",
    holding: "One webhook is held back until the next one",
    holdingNext: "The next webhook is held back",
    twice: "The next webhook comes twice",
    instagram: "Instagram answers sends with",
    times: "How often",
    timesOf: { "1": "once", "2": "twice", "3": "3 times", always: "until it recovers" },
    begin: "Begin",
    answering: (answer: BadAnswer, times: number | null) =>
      `${answers[answer]}: ${times === null ? "until it recovers" : times === 1 ? "the next send" : `the next ${times} sends`}`,
    recover: "Instagram recovers",
    cache: "Cache",
    loseCache: "Lose the cache",
    loseCacheHint: "Everything in it is gone; the next reads go to the store",
    store: "Store",
    storeSlow: "Slow the store down by",
    storeBy: { "100": "100 ms", "500": "500 ms", "2000": "2 s" },
    slow: (millis: number) =>
      `The store takes ${millis < 1000 ? `${millis} ms` : `${millis / 1000} s`} longer`,
    end: (what: string) => `End: ${what}`,
  },

  nothing: {
    title: "Why did nothing happen?",
    none: "No automation comes near to what was said.",
    open: (name: string) => `Open “${name}”`,
  },

  scenarios: {
    title: "Scenarios",
    open: "Save this conversation, or run saved ones as tests",
    intro:
      "A scenario is a saved conversation with what is expected of it. Run them all after a change to see what is still so.",
    empty: "None is saved yet.",
    save: "Save this conversation",
    saveName: "Name",
    saveNamePlaceholder: "Asks for the menu",
    saveAbout: "What it shows (optional)",
    nothingToSave: "Say something first; there is nothing to save yet.",
    saved: (name: string) => `“${name}” is saved and passes.`,
    differs: (name: string) =>
      `“${name}” is saved. Played from its start it goes otherwise than here, because automations were edited or webhooks came from outside; it expects what happens now.`,
    runAll: "Run all",
    running: (done: number, all: number) => `${done} of ${all}`,
    stop: "Stop",
    run: "Run",
    runNamed: (name: string) => `Run “${name}”`,
    openOne: "Open",
    openNamed: (name: string) => `Open “${name}” in the simulator`,
    more: (name: string) => `More for “${name}”`,
    opened: (name: string) => `“${name}” is open. Go on from here, or go back on the timeline.`,
    openedOtherwise: (name: string, failures: number, stopped: string | null) =>
      `“${name}” is open${failures > 0 ? `, with ${plural(failures, "thing", "things")} not as expected` : ""}.${stopped ? ` It stopped: ${stopped}` : ""}`,
    passed: "passed",
    failed: "failed",
    never: "not run yet",
    verdict: (passed: number, failed: number) =>
      failed === 0 ? `${passed} passed, none failed` : `${passed} passed, ${failed} failed`,
    steps: (n: number) => plural(n, "step", "steps"),
    line: (n: number, step: string) => `line ${n}: ${step}`,
    only: { expected: "expected", got: "got" },
    rename: "Rename",
    copyText: "Copy as text",
    copyPath: "Copy the file's path",
    delete: "Delete",
    deleted: (name: string) => `“${name}” is deleted.`,
    undo: "Undo",
    importFiles: "Add from files",
    addedFiles: (n: number) => (n === 1 ? "1 scenario is added." : `${n} scenarios are added.`),
    notAdded: "Not added",
    tooLarge: "This file is larger than a megabyte, which no scenario is.",
    dismiss: "Dismiss",
    import: "Add from a text",
    importLabel: "The scenario's text",
    importAdd: "Add",
    keep: "Keep",
    cancel: "Cancel",
    replaces: "Opening one replaces the conversation that is shown.",
  },

  people: {
    setEmail: "Set the email",
    clearEmail: "Forget the email",
    putTitle: "Set where the person stands",
    putNone: "nothing awaited",
    put: "Set",
    automation: "Automation",
    awaits: "What is awaited",
  },

  conversation: {
    arrivedUnknown:
      "The person has this message. The answer was lost, so the engine does not know.",
    arrivedRetrying: "The person has this message. The answer was lost, so the engine tries again.",
    notArrived: "The person has not seen this.",
    heldBack: "held back on its way",
    linkShown: (url: string) => `Instagram would open ${url} and tell nobody, so no webhook comes.`,
    copyLink: "Copy the address",
    sendMore: "Send without words",
    takeReactionBack: "Take the reaction back",
    markRead: "Has seen it",
  },
} as const;
