/** What the screen Queue says. */

import type { AgainDoubt, GuardLevel, JobsIn, NotAgain } from "@/host";
import { count, plural } from "@/shared/number";

const jobs = (value: number) => plural(value, "job", "jobs");

const failedSends = (value: number) => plural(value, "failed send", "failed sends");

/** Some of those that are sent again. */
const of = (some: number, all: number) => {
  if (some < all) return `${count(some)} of them`;
  return all === 1 ? "It" : "All of them";
};

/** Some that are not. */
const stays = (value: number) =>
  value === 1 ? "1 stays in this list" : `${count(value)} stay in this list`;

/** "23 h ago" of "23 h 59 min ago". */
const rough = (age: string) => age.replace(/^(\d+ \w+) \d+ \w+/, "$1");

const states: Record<JobsIn, string> = {
  waiting: "Waiting",
  active: "Active",
  delayed: "Delayed",
  failed: "Failed",
  completed: "Completed",
};

export const queue = {
  title: "Queue",
  states,
  hints: {
    waiting: "Due, and not handed out to a worker yet",
    active: "Handed out to a worker, and not finished",
    delayed: "To be handed out later",
    failed: "Given up: not tried again by itself",
    completed: "Done, and kept to be looked at",
  } satisfies Record<JobsIn, string>,
  done: "Done a minute",
  doneHint: "Over the last minute, once it was looked at for ten seconds",
  unknown: "–",
  rate: (value: number) =>
    value < 10 ? value.toFixed(1).replace(/\.0$/, "") : count(Math.round(value)),
  oldest: (age: string) => `oldest ${age}`,
  longest: (age: string) => `longest ${age}`,
  nextIn: (time: string) => `next in ${time}`,
  nextNow: "next is due now",
  overdue: (time: string) => `next overdue by ${time}`,
  /** Of what failed: when the newest did, and when the oldest, each in one unit. */
  failedWhen: (newest: string, oldest: string) =>
    newest === oldest ? newest : `${rough(newest).replace(/ ago$/, "")} to ${rough(oldest)}`,
  arriving: (rate: string) => `${rate} a min in`,
  failing: (rate: string) => `${rate} a min`,
  kept: (value: number) => `${count(value)} kept`,
  notKept: "kept in Traffic only",
  sparkline: (name: string, lowest: string, highest: string) =>
    `${name} over the last 5 minutes: from ${lowest} to ${highest}`,

  loading: "Looking at the queue…",
  trouble: "The queue cannot be looked at.",
  observes: (level: GuardLevel) =>
    `This profile is at the guard level ${level.replace("_", " ")}, which only looks. Arm live in Connections to move jobs.`,

  observesShort: "Only looked at: arm live to move jobs",

  pause: "Pause",
  pauseTitle: "Pause the queue?",
  pauseWhat: "Nothing more is handed out, to any worker, here or on a server.",
  pauseWhile:
    "What was handed out is finished. What arrives meanwhile waits, and nobody is answered.",
  pauseHere: "It lasts until you resume it or close the application.",
  pauseThere: "It lasts until somebody resumes it.",
  pauseConfirm: "Pause the queue",
  resume: "Resume",
  paused: "Paused: nothing is handed out to any worker.",
  pausedWaiting: (value: number) => `${jobs(value)} ${value === 1 ? "waits" : "wait"}.`,
  mergeTitle: "A client of BullMQ 5 paused this queue",
  mergeWhat: (parked: number, since: number) =>
    `It put ${jobs(parked)} aside; ${count(since)} came since. If it resumes the queue itself, one of the two is lost.`,
  mergeHow:
    "Stop every client of BullMQ 5, or upgrade it to 6. Then resume here: what was put aside comes first, what came since behind it.",
  mergeConfirm: "They are stopped: resume and merge",

  workers: (value: number) => plural(value, "worker", "workers"),
  workersHere: "1 worker",
  workersTitle: "Workers",
  workersSelf: "This window handles the deliveries itself. Nobody else works on this queue.",
  workersNone: "No worker is connected, so nothing is taken from this queue.",
  workerUnnamed: "without a name",
  workerFor: (age: string) => `connected for ${age}`,
  openedBy: (library: string) => `The client that opened this queue last is ${library}.`,
  workerLibrary: "library not told (Redis tells it from version 7.2 on)",

  reasons: {
    title: "Why jobs failed",
    none: "without a reason",
    latest: (looked: number) => `of the latest ${count(looked)}`,
    when: (first: string, last: string) => (first === last ? last : `${first} to ${last}`),
    retry: (value: number) => (value === 1 ? "Retry" : `Retry all ${count(value)}`),
    retryAll: "Retry all",
    discard: "Discard…",
    all: "All reasons",
    only: (reason: string) => `Only: ${reason}`,
  },

  retryTitle: (value: number) => `Retry ${jobs(value)}?`,
  retryWhat: (value: number) =>
    value === 1
      ? "It goes back into the queue as if it had never been tried, and a worker takes it up at once."
      : "They go back into the queue as if they had never been tried, and workers take them up at once.",
  retrySends:
    "What they lead to is really sent. An event older than 24 hours sends nothing: Instagram’s window for it is closed.",
  retryReason: (reason: string) => `Failed with: ${reason}`,
  retryConfirm: (value: number) => `Retry ${jobs(value)}`,
  retried: (value: number) => `${jobs(value)} went back into the queue.`,
  someGone: (value: number) => ` ${count(value)} were not there any more.`,

  discardTitle: (value: number) => `Discard ${jobs(value)}?`,
  discardWhat: (value: number) =>
    value === 1
      ? "It is removed from the queue, and its events are never handled. You can put it back until you discard something else or close the application."
      : "They are removed from the queue, and their events are never handled. You can put them back until you discard something else or close the application.",
  discardConfirm: (value: number) => `Discard ${jobs(value)}`,
  discarded: (value: number) => `${jobs(value)} discarded.`,
  discardedForGood: (value: number) =>
    ` ${count(value)} cannot be put back: they belong to a flow of jobs, or are more than the 64 MB that are kept.`,
  removeTitle: (value: number) => `Remove ${jobs(value)}?`,
  removeWhat: (value: number) =>
    value === 1
      ? "It leaves the queue before anybody has handled it: no worker sees it, and no automation answers."
      : "They leave the queue before anybody has handled them: no worker sees them, and no automation answers.",
  removeAnswered:
    "Instagram was told that its webhooks have arrived, and does not send them again.",
  removeMeanwhile: "What a worker takes before you confirm is not removed.",
  removeBack:
    "You can put back what was removed until you remove something else, look at another profile or close the application. Save it first to keep it for longer.",
  removeConfirm: (value: number) => `Remove ${jobs(value)}`,
  removed: (value: number) => `${jobs(value)} removed.`,
  removeAll: (value: number) => `Remove all ${count(value)}…`,
  removeNone: "None of these is there any more.",
  movedMost: (value: number) => `Only the first ${count(value)} are moved at a time.`,
  removeMost: (value: number) => `Only the first ${count(value)} are removed at a time.`,
  save: "Save as JSON",
  saving: "Saving…",
  saved: (value: number, path: string) => `${jobs(value)} saved to ${path}`,
  marked: (value: number) => `${count(value)} selected`,
  mark: "Select",
  unmark: "Select none",
  retryMarked: (value: number) => `Retry ${count(value)}`,
  promoteMarked: (value: number) => `Hand out ${count(value)} now`,
  removeMarked: (value: number) => `Remove ${count(value)}…`,
  putBack: "Put back",
  restored: (value: number) => `${jobs(value)} put back.`,
  undo: (value: number) => `Put back ${jobs(value)}`,

  promoteAll: (value: number) => `Hand out all ${count(value)} now`,
  promoteTitle: (value: number) => `Hand out ${jobs(value)} now?`,
  promoteWhat: "They do not wait for their time; workers take them up at once.",
  promoteConfirm: (value: number) => `Hand out ${jobs(value)}`,
  promoted: (value: number) => `${jobs(value)} handed out.`,
  cancel: "Leave everything as it is",

  tabs: "Jobs by state",
  list: (state: JobsIn) => `${states[state]} jobs`,
  columns: {
    id: "Job",
    name: "Name",
    attempts: "Tries",
    when: {
      waiting: "Added",
      active: "Begun",
      delayed: "Due",
      failed: "Failed",
      completed: "Done",
    } satisfies Record<JobsIn, string>,
    webhook: "Webhook",
    why: "Why",
  },
  moreEvents: (value: number) => `and ${plural(value, "event", "events")} more`,
  none: {
    waiting: "Nothing waits. Workers keep up.",
    active: "No worker has anything in hand.",
    delayed: "Nothing waits for a later time.",
    failed: "Nothing has failed for good.",
    completed: "Nothing is kept of what was done.",
  } satisfies Record<JobsIn, string>,
  empty: "Nothing is in the queue.",
  emptyHint:
    "Each webhook waits here until a worker takes it. What cannot be handled stays here with the reason, to be retried or discarded.",
  compose: "Compose a webhook",
  range: (from: number, to: number, of: number) => `${count(from)} – ${count(to)} of ${count(of)}`,
  earlier: "Previous page",
  later: "Next page",

  sends: {
    tab: (value: number) => `Failed sends ${count(value)}`,
    title: "Why sends failed",
    list: "Failed sends",
    hint: "Nothing here is sent again by itself. Open the conversation to see whether somebody still waits; their next message is answered as usual.",
    trouble: "The failed sends cannot be looked at.",
    none: "Everything that was to be sent has been sent, or is still tried.",
    noneLeft: "None of these is in the list any more.",
    nobody: "somebody who commented",
    mayHave: (some: number, all: number) =>
      some === all ? "may have arrived" : `${count(some)} may have arrived`,
    results: { failed: "Not sent", uncertain: "May have arrived" },
    columns: { who: "For", when: "When", what: "Message" },

    label: "Failed send",
    whole: "All of the failed send",
    to: (who: string) => `To ${who}`,
    close: "Close the failed send",
    uncertain:
      "Nobody knows whether it arrived, so it was not repeated. Look at the conversation before you write again.",
    toConversation: "Open the conversation",
    forget: "Forget…",
    forgetAll: "Forget all…",
    result: "Result",
    why: "Why",
    code: "Instagram’s code",
    who: "For",
    account: "Account",
    what: "What",
    of: (what: string, automation: string) => `${what} of “${automation}”`,
    when: "When",
    said: "What was to be sent",
    copySaid: "Copy the text",
    buttons: (titles: string) => `Buttons: ${titles}`,
    json: "As JSON",

    again: "Send again…",
    againAll: "Send all again…",
    againTitle: (value: number) => `Send ${failedSends(value)} again?`,
    againNone: "Nothing here can be sent again",
    againClose: "Close",
    againWho: "Who gets what",
    againMore: (value: number) => `and ${count(value)} more`,
    doubt: {
      may_arrive_twice: "It may have arrived already.",
      wrote_since: "They have written since.",
      moved_on: "Their conversation has gone on to another step.",
      human_stepped_in: "A human has stepped in.",
      automation_off: "Its automation is off or deleted.",
    } satisfies Record<AgainDoubt, string>,
    doubts: {
      may_arrive_twice: (some: number, all: number) =>
        `${of(some, all)} may have arrived already, and would then come twice.`,
      wrote_since: (some: number, all: number) =>
        `${of(some, all)} ${some === 1 ? "is" : "are"} for somebody who has written since, and may not wait for this any more.`,
      moved_on: (some: number, all: number) =>
        `${of(some, all)} ${some === 1 ? "is" : "are"} from a step that the conversation has left: another one awaits an answer now.`,
      human_stepped_in: (some: number, all: number) =>
        `${of(some, all)} ${some === 1 ? "goes" : "go"} into a conversation in which a human has stepped in.`,
      automation_off: (some: number, all: number) =>
        `${of(some, all)} ${some === 1 ? "was" : "were"} wanted by an automation that is off or deleted now.`,
    } satisfies Record<AgainDoubt, (some: number, all: number) => string>,
    leftOut: {
      too_late: (value: number) =>
        `${stays(value)}: the time in which Instagram accepts ${value === 1 ? "it" : "them"} has passed. It begins anew when the person writes.`,
      unsubscribed: (value: number) =>
        `${stays(value)}: ${value === 1 ? "the person has" : "the people have"} unsubscribed.`,
      gone: (value: number) =>
        `${count(value)} ${value === 1 ? "is" : "are"} not in the list any more.`,
    } satisfies Record<NotAgain, (value: number) => string>,
    againHow:
      "Each is really sent, once, behind what waits for the same person. What is refused again comes back to this list.",
    againDry: "This is a dry run: nothing is really sent.",
    againNotHere:
      "Nothing is sent from here now: “Handle deliveries in this window” is off. They wait in the outbox until it is on, and are dropped where their time passes before.",
    againNobody:
      "No worker is running now. They wait in the outbox until one runs, and are dropped where their time passes before.",
    againConfirm: (value: number) => `Send ${count(value)} again`,
    sentAgain: (value: number) => `${failedSends(value)} ${value === 1 ? "goes" : "go"} out again.`,
    againRest: (value: number) =>
      ` ${count(value)} ${value === 1 ? "was" : "were"} left out: gone from the list, too late or unsubscribed by now.`,

    forgetTitle: (value: number) => `Forget ${failedSends(value)}?`,
    forgetWhat: (value: number) =>
      value === 1
        ? "It leaves this list, in every window and for every worker."
        : "They leave this list, in every window and for every worker.",
    forgetNothing: "Nothing is sent, and nobody is told.",
    forgetBack: (value: number) =>
      value === 1
        ? "It cannot be put back. Save it first to keep it."
        : "They cannot be put back. Save them first to keep them.",
    forgetConfirm: (value: number) => `Forget ${failedSends(value)}`,
    forgotten: (value: number) => `${failedSends(value)} forgotten.`,
    saved: (value: number, path: string) => `${failedSends(value)} saved to ${path}`,
  },

  job: {
    label: "Job",
    whole: "All of the job",
    title: (id: string) => `Job ${id}`,
    opening: "Opening…",
    close: "Close the job",
    gone: "It is not in the queue any more. This is how it was last.",
    nowhere: "It is in no state: it was left behind by a client that broke off.",
    open: "Open",
    retry: "Retry",
    promote: "Hand out now",
    discard: "Discard…",
    remove: "Remove…",
    removeLike: "Remove all like it…",
    removeLikeHint: "All with the same name and the same kind of reason",
    toTraffic: "Show in Traffic",
    copyAll: "Copy as JSON",
    state: "State",
    name: "Name",
    attempts: "Tries",
    attemptsOf: (made: number, most: number) => `${made} of ${most}`,
    reason: "Why it failed",
    added: "Added",
    started: "Last try began",
    ended: "Last try ended",
    took: (millis: string) => `took ${millis}`,
    due: "Due",
    worker: "Worker",
    result: "Result",
    data: "Data",
    copyData: "Copy the data",
    webhook: "Webhook in it",
    copyWebhook: "Copy the webhook",
    stack: "Stack",
    stackEarlier: (nth: number) => `Stack of the try ${nth} before`,
    logs: "Log",
    logsMore: (value: number) => `${plural(value, "earlier line", "earlier lines")} not shown`,
  },
} as const;
