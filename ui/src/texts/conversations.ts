/** What the screen Conversations says. */

import type {
  Awaiting,
  BulkChange,
  BulkNews,
  BulkResult,
  HeldVerdict,
  OnlyCached,
  PeopleKind,
  PeopleOrder,
  StraysState,
} from "@/host";
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

const onlyCached: Record<OnlyCached, string> = {
  not_yet: "not in MongoDB yet",
  no_document: "only in Redis",
};

const onlyCachedHints: Record<OnlyCached, string> = {
  not_yet: "It is committed, and a worker writes it to MongoDB in a moment.",
  no_document:
    "MongoDB has no document of this, and nobody will write one. Workers rely on what Redis says until it expires.",
};

const straysStates: Record<StraysState, string> = {
  running: "Looking through Redis…",
  finished: "All of Redis was looked through.",
  stopped: "Stopped before the end.",
  failed: "Ended before the end.",
};

/** A place by its own name, or as a common one within a sentence. */
const within = (place: string) =>
  ["Redis", "MongoDB"].includes(place)
    ? place
    : `the ${place.charAt(0).toLowerCase()}${place.slice(1)}`;

const conversationsOf = (value: number) => plural(value, "conversation", "conversations");

const bulkDoing: Record<BulkChange, (value: number) => string> = {
  release: (value) => `Releasing ${conversationsOf(value)}`,
  clear: (value) => `Clearing ${conversationsOf(value)}`,
  put_back: (value) => `Putting ${conversationsOf(value)} back`,
};

const bulkDone: Record<BulkChange, string> = {
  release: "released",
  clear: "cleared",
  put_back: "put back",
};

const bulkResults: Record<BulkResult, string> = {
  waits: "not reached",
  done: "done",
  nothing: "nothing to do",
  moved_on: "has moved on, left alone",
  failed: "failed",
};

/** What came of something that was done for many, in the order of weight. */
function bulkSummary(bulk: BulkNews): string {
  const rest = bulk.total - bulk.done - bulk.nothing - bulk.movedOn - bulk.failed;
  const parts: [number, string][] = [
    [bulk.failed, "failed"],
    [
      bulk.movedOn,
      bulk.movedOn === 1 ? "has moved on and was left alone" : "have moved on and were left alone",
    ],
    [bulk.nothing, "with nothing to do"],
    [rest, "not reached"],
  ];
  const said = parts
    .filter(([value]) => value > 0)
    .map(([value, what]) => `${count(value)} ${what}`);
  return [`${count(bulk.done)} ${bulkDone[bulk.change]}`, ...said].join(" · ");
}

export const conversations = {
  waitsFor,
  title: "Conversations",
  lists: { standing: "Waiting", contacts: "Contacts", only_cached: "Only in Redis" },
  listLabel: "Which list",
  list: "Who stands where",
  contactsList: "Contacts",
  straysList: "Who stands where only as Redis says",
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
    where: "Where it is",
  },
  onlyCached,
  onlyCachedHints,
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
  exportHint: (value: number, contacts: boolean) =>
    `Writes ${contacts ? plural(value, "contact", "contacts") : conversationsOf(value)} as a table into your downloads`,
  exported: (value: number, path: string, contacts: boolean) =>
    `${contacts ? plural(value, "contact", "contacts") : conversationsOf(value)} exported: ${path}`,
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
  strays: {
    states: straysStates,
    title: "States that only Redis has",
    hint: "The list of who is waited for is read from MongoDB. A state that is only in Redis, because it is not written yet or its document was removed, is in no list. This looks through Redis for them in the background, a few keys at a time, and changes nothing.",
    begin: "Look through Redis",
    again: "Look again",
    stop: "Stop",
    progress: (at: number, total: number) => `${count(at)} of about ${count(total)} keys`,
    none: "Every state in Redis has its document in MongoDB.",
    noneSoFar: "Nothing yet.",
    notListed: (value: number) => `${count(value)} more are not listed.`,
  },
  menu: {
    open: "Open",
    pick: "Choose",
    unpick: "Choose no more",
    asks: (action: string) => `${action}…`,
    nothingToClear: "Nothing is awaited of them. Open them to see whether something is still held.",
  },

  bulk: {
    label: "What can be done for those who are chosen",
    chosen: (value: number) => `${count(value)} chosen`,
    chooseAll: "Choose all that are listed",
    choose: (who: string) => `Choose ${who}`,
    chooseNobody: "Choose nobody",
    most: (value: number) =>
      `Only the first ${count(value)} are chosen: so many at the most at once.`,
    release: "Release",
    clear: "Clear",
    export: "Export",
    releaseTitle: (value: number) => `Release ${conversationsOf(value)}?`,
    releaseWhat: (value: number) =>
      `After this nothing is awaited of ${plural(value, "contact", "these contacts")}: the next message of each is matched from the beginning. Nothing is sent.`,
    clearTitle: (value: number) => `Clear ${conversationsOf(value)}?`,
    clearWhat: (value: number) =>
      `What is held of where ${plural(value, "contact stands", "these contacts stand")} is removed, from the cache and from the store, whatever it says: each starts anew. Their addresses, subscriptions and history stay. Nothing is sent.`,
    nothingOf: (value: number) =>
      `Of ${count(value)} of them nothing was awaited when you chose them.`,
    movedOn:
      "They are done one after the other. Who has moved on since you chose them is left alone.",
    doRelease: (value: number) => `Release ${count(value)}`,
    doClear: (value: number) => `Clear ${count(value)}`,
    doing: (bulk: BulkNews) =>
      `${bulkDoing[bulk.change](bulk.total)}… ${count(bulk.done + bulk.nothing + bulk.movedOn + bulk.failed)} of ${count(bulk.total)}`,
    summary: bulkSummary,
    stop: "Stop",
    outcomes: "Each of them",
    outcomesTitle: "What came of it",
    results: bulkResults,
    close: "Close",
    undo: "Undo",
    putBackRest: "Put back the rest",
    running: "Something is being done for several contacts. Wait for its end, or stop it.",
  },
  open: {
    close: "Close",
    opening: "Opening…",
    again: "Try again",
    notRenewed: (why: string) => `Not read anew: ${why}`,
    stale: "This may not be so any more. Read it anew before you change something.",
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
    clear: "Clear",
    move: "Move to a step",
    unsubscribe: "Unsubscribe",
    subscribe: "Subscribe again",
    endTakeover: "Let automations answer",
    cancel: "Leave it",
    busy: "Being set…",
    observe: (profile: string) =>
      `“${profile}” only observes. Arm live for it to change something by hand.`,
    nothingToRelease: "Nothing is awaited of them, so there is nothing to release.",
    nothingToClear: "Nothing is held of where they stand, so there is nothing to clear.",
    noSteps: "No automation of this workspace waits for anything.",
    releaseTitle: (who: string) => `Release ${who}?`,
    releaseWhat: (who: string, awaits: string, automation: string) =>
      `“${automation}” waits for ${awaits} from ${who}. After this nothing is awaited: their next message is matched from the beginning, as if they had never started. Nothing is sent.`,
    clearTitle: (who: string) => `Clear ${who}?`,
    clearWhat: (who: string, cache: string, store: string) =>
      `What is held of where ${who} stands is removed, from ${within(cache)} and from ${within(store)}, whatever it says and whether or not it has expired. ${who} starts anew: their next message is matched from the beginning.`,
    clearStays:
      "What is known of them stays: address, subscription, history. Nothing is sent, and what is on its way to them still goes.",
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
      clear: (who: string) => `${who} is cleared and starts anew.`,
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
    noneSince: "It has seen nothing of them since.",
    fromDesk: (since: string) =>
      `This profile keeps no journal. Here is what this window has seen since ${since}, while it was open and connected.`,
    earlier: "Show earlier",
    noEarlier: (why: string) => `What was said earlier cannot be read: ${why}`,
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
