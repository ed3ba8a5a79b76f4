/** What the screen Conversations says. */

import type { Awaiting, HeldVerdict, PeopleKind, PeopleOrder } from "@/host";
import { count, plural } from "@/shared/number";

/** What an automation waits for, within a sentence. */
const waitsFor: Record<Awaiting, string> = {
  awaiting_opening_response: "a click on the opening message's button",
  awaiting_follow_confirmation: "the follow",
  awaiting_email: "an email address",
};

const orders: Record<PeopleOrder, string> = {
  oldest: "Longest there first",
  newest: "Latest first",
  expiring: "Expiring soonest first",
};

const kinds: Record<PeopleKind, string> = {
  with_email: "With an address",
  following: "Following",
  unsubscribed: "Unsubscribed",
  silenced: "Left alone for a human",
};

const verdicts: Record<HeldVerdict, string> = {
  same: "Both say the same",
  times: "Only times differ",
  differs: "They differ",
  only_cached: "Only the cache has it",
  only_stored: "Not cached",
  nowhere: "Neither has one",
  unreadable: "What is cached cannot be read",
};

export const conversations = {
  waitsFor,
  title: "Conversations",
  lists: { standing: "Waiting", contacts: "Contacts" },
  listLabel: "Which list",
  list: "Who stands where",
  contactsList: "Contacts",
  columns: {
    who: "Contact",
    state: "Waiting for",
    automation: "Automation",
    origin: "Began with",
    age: "For",
    expires: "Expires in",
    email: "Email",
    follows: "Follows",
    subscribed: "Messages",
    last: "Last message",
    seen: "First seen",
  },
  funnel: {
    label: "How many wait for what",
    all: "Everybody who is waited for",
    allShort: "all",
  },
  search: "Search",
  searchPlaceholder: "Name, @handle, email or id",
  clear: "Clear the search",
  account: "Account",
  allAccounts: "All accounts",
  automation: "Automation",
  allAutomations: "All automations",
  order: "Order",
  orders,
  kind: "Which contacts",
  allKinds: "All contacts",
  kinds,
  export: "Export as CSV",
  exportHint: (value: number) =>
    `Writes ${plural(value, "contact", "contacts")} as a table into your downloads`,
  exported: (value: number, path: string) =>
    `${plural(value, "contact", "contacts")} exported: ${path}`,
  rows: (value: number) => plural(value, "contact", "contacts"),
  waiting: (value: number) => `${count(value)} waiting`,
  deletedAutomation: "deleted automation",
  unknownOrigin: "not kept",
  asked: (times: number) => `asked ${count(times)} times`,
  yes: "yes",
  no: "no",
  unknown: "–",
  none: "–",
  subscribed: "gets messages",
  unsubscribed: "unsubscribed",
  silenced: (left: string) => `left alone for ${left}`,
  ago: (span: string) => `${span} ago`,
  expired: "expired",
  empty: {
    title: "Nobody is waited for",
    hint: "Whoever an automation has asked something stands here until they answer: for how long, and what began it.",
    go: "Try it in the Simulator",
    contactsTitle: "Nobody has written yet",
    contactsHint:
      "Everybody who writes to one of the accounts is kept here, with what is known of them.",
    filtered: "Nobody is as you are looking for",
    filteredHint: "Clear the search and the choices above to see everybody.",
    clear: "Show everybody",
  },
  open: {
    close: "Close",
    opening: "Opening…",
    again: "Try again",
    tabs: { history: "History", held: "Cache and store" },
    label: "The contact that is open",
    on: (account: string) => `on ${account}`,
    nothingAwaited: "Nothing is awaited of them.",
    stands: (automation: string, age: string, left: string) =>
      `in “${automation}” for ${age}, expires in ${left}`,
    standsHover: (since: string, until: string) => `Since ${since}\nUntil ${until}`,
    began: (kind: string, text: string) =>
      text ? `Began with ${kind}: “${text}”` : `Began with ${kind}`,
    beganUnknown: (id: string) => `Began with an event that nobody has kept (${id})`,
    email: "Email",
    follows: "Follows",
    lastMessage: "Last message",
    firstSeen: "First seen",
    id: "Id",
    toSimulator: "Talk in the Simulator",
  },
  actions: {
    label: "What can be done by hand",
    release: "Release",
    move: "Move to a step",
    unsubscribe: "Unsubscribe",
    subscribe: "Subscribe again",
    endTakeover: "Let automations answer",
    cancel: "Leave it",
    busy: "Being set…",
    observe: (profile: string) =>
      `“${profile}” only observes. Arm live for it to change something by hand.`,
    nothingToRelease: "Nothing is awaited of them, so there is nothing to release.",
    noSteps: "No automation of this workspace waits for anything.",
    releaseTitle: (who: string) => `Release ${who}?`,
    releaseWhat: (who: string, awaits: string, automation: string) =>
      `“${automation}” waits for ${awaits} from ${who}. After this nothing is awaited: their next message is matched from the beginning, as if they had never started. Nothing is sent.`,
    moveTitle: (who: string) => `Move ${who} to a step`,
    moveTo: "Automation",
    moveStep: "Waiting for",
    moveNow: "Move",
    moveWhat: (who: string, awaits: string, automation: string, life: string) =>
      `“${automation}” will wait for ${awaits} from ${who} for ${life}, as if it had just asked. The question itself is not sent: their next answer goes on from there.`,
    moveInstead: (awaits: string, automation: string) =>
      `Until now “${automation}” waits for ${awaits}; that ends.`,
    moveOff: "This automation is off: it does nothing with the answer until it is on.",
    unsubscribeTitle: (who: string) => `Unsubscribe ${who}?`,
    unsubscribeWhat: (who: string) =>
      `No automation sends ${who} anything any more, until they are subscribed again. Messages that are on their way now are not sent either.`,
    subscribeTitle: (who: string) => `Subscribe ${who} again?`,
    subscribeWhat: (who: string) =>
      `Automations answer ${who} again from their next message on. Do this only when they have asked for it.`,
    endTakeoverTitle: (who: string) => `Let automations answer ${who}?`,
    endTakeoverWhat: (who: string, left: string) =>
      `A human stepped in, and automations would leave ${who} alone for another ${left}. After this they answer the next message.`,
    onProfile: (profile: string) =>
      `This changes the profile “${profile}”, for every worker on it.`,
    done: {
      release: (who: string) => `${who} is released: nothing is awaited.`,
      move: (who: string, awaits: string, automation: string) =>
        `“${automation}” waits for ${awaits} from ${who} now.`,
      unsubscribe: (who: string) => `${who} gets no message any more.`,
      subscribe: (who: string) => `${who} gets messages again.`,
      end_takeover: (who: string) => `Automations answer ${who} again.`,
    },
  },
  history: {
    label: "What was said, with the states between",
    none: "Nothing of it is kept.",
    noneSince: "Nothing has happened since.",
    fromDesk: (since: string) =>
      `This profile keeps no journal. Here is what this window has seen since ${since}.`,
    earlier: "Show earlier",
    beginning: "This is where the journal begins.",
    open: (id: number) => `Delivery ${id} in Traffic`,
    onItsWay: "on its way",
    byHand: "by hand",
    nothing: "nothing is awaited",
    human: "A human wrote",
    noText: (kind: string) => `(${kind.toLowerCase()})`,
  },
  held: {
    verdicts,
    userState: "User state",
    contact: "Contact",
    expiresIn: (left: string) => `expires in ${left}`,
    forever: "never expires",
    notCached: "Nothing is cached. It is loaded with their next message.",
    contactFresh: "Contacts are read fresh, unless the profile caches them.",
    notStored: "There is no document.",
    knownAbsent: "It is cached that there is none.",
    behind: (store: string) =>
      `What was committed last is not in ${store} yet; it is written behind.`,
    field: "Field",
    differences: "Where they differ",
    nothing: "–",
    cacheCounts: (cache: string) =>
      `${cache} is asked first: their next message is answered by what it says.`,
  },
};
