/** What the screen Traffic says. */

import type {
  Freshness,
  GuardLevel,
  NotCompared,
  RowResult,
  RowSource,
  SignatureState,
  SpanKind,
  Tone,
} from "@/host";
import { count, plural } from "@/shared/number";

const results: Record<RowResult, string> = {
  waiting: "Waiting",
  refused: "Refused",
  nothing: "Nothing to do",
  repeat: "Repeat",
  noted: "Noted",
  sending: "Sending",
  retrying: "Retrying",
  sent: "Sent",
  not_sent: "Not sent (dry run)",
  failed: "Failed",
  unknown: "Unknown",
  dropped: "Dropped",
  dead: "Dead letter",
  removed: "Removed by hand",
};

const sources: Record<RowSource, string> = {
  listener: "Listener",
  simulator: "Simulator",
  replay: "This desk",
  worker: "A worker elsewhere",
};

const signatures: Record<SignatureState, string> = {
  good: "Signature holds",
  unchecked: "Not checked",
  missing: "No signature",
  malformed: "Of another form",
  body_changed: "Body changed on the way",
  other_secret: "Another secret",
  wrong_secret: "Wrong secret",
};

const spans: Record<SpanKind, string> = {
  listener: "Listener",
  queue: "Queue",
  decide: "Engine",
  read: "Read",
  send: "Instagram",
};

const tones: Record<Tone, string> = {
  plain: "",
  good: "Good:",
  waiting: "Waiting:",
  warning: "Warning:",
  failed: "Failed:",
};

const freshness: Record<Freshness, string> = {
  as_new: "As new",
  as_it_was: "As it was",
};

const hereInDryRun =
  "Posted over HTTP and signed. This profile is a dry run: addresses of this machine only.";

export const traffic = {
  results,
  sources,
  signatures,
  spans,
  tones,
  title: "Traffic",
  list: "Deliveries as they arrive",
  columns: {
    time: "Time",
    kind: "Kind",
    account: "Account",
    contact: "Contact",
    text: "Text or payload",
    automation: "Automation",
    result: "Result",
    ms: "ms",
  },
  msHint:
    "From its acceptance to the end of its last send, or to the decision where nothing is sent",
  noContact: "–",
  counts: {
    deliveries: (value: number) => plural(value, "delivery", "deliveries"),
    events: (value: number) => plural(value, "event", "events"),
    sent: (value: number) => `${count(value)} sent`,
    failed: (value: number) => `${count(value)} failed`,
    refused: (value: number) => `${count(value)} refused`,
    missed: (value: number) => `${count(value)} came too fast to be listed; search finds them`,
    lost: (value: number) => `${count(value)} came too fast to be listed`,
    lostHint:
      "They were handled all the same. This profile keeps no journal, so nothing here can find them.",
  },
  shown: (value: number) => `${plural(value, "row", "rows")}`,
  pause: "Pause",
  resume: "Resume",
  fresh: (value: number) => `${count(value)} new`,
  newest: "To the newest",
  filter: {
    label: "Filter",
    placeholder: 'kind:comment result:failed since:2h text:"menu"',
    clear: "Clear the filter",
    completions: "What can be written here",
  },
  saved: {
    title: "Saved filters",
    none: "No filter is saved yet. Write one, and give it a name here.",
    name: "Name of this filter",
    save: "Save this filter",
    nothing: "Write a filter first; it can be saved here then.",
    forget: (name: string) => `Forget “${name}”`,
    forgotten: (name: string) => `The filter “${name}” is forgotten.`,
    undo: "Undo",
    sameName: (name: string) =>
      `Another filter was saved as “${name}” meanwhile, so the one before it was not put back.`,
  },
  journal: {
    search: "Search further back",
    hint: "The list holds the latest 10,000 rows. Further back is everything that the profile’s journal has, or, where it keeps none, what this application saw of it, as far as Connections says that it is kept; and of the requests that were refused the latest 1,000.",
    searching: "Searching…",
    found: (value: number) => `${plural(value, "row", "rows")} found`,
    looked: (value: number) => `${count(value)} looked at`,
    reached: (time: string) => `, back to ${time}`,
    stop: "Stop",
    more: "Still further back",
    brokeOff: (why: string) => `It broke off here: ${why}`,
    again: "Try again",
    end: "Nothing is known from before these.",
    back: "Back to live",
    none: "Nothing that is known is what the filter wants.",
  },
  empty: {
    title: "Nothing has arrived yet",
    hint: "Every webhook shows here as it arrives: what it said, what matched, what was sent, and how long that took.",
    compose: "Compose a webhook",
    filtered: "Nothing is what the filter wants",
    filteredHint: "Clear the filter to see everything, or search further back.",
  },
  elsewhere: {
    title: (profile: string) => `The deliveries of ${profile} are handled elsewhere`,
    hint: "No worker there tells this window what it handles: one of an earlier version does not, nor one that was started with --no-live. What this window handles is listed, with live armed and “Handle deliveries in this window”. What waits or failed is in the queue.",
    hintTold:
      "The workers there tell this window what they handle, and have handled nothing since it listens. What waits or failed is in the queue.",
    queue: "Open Queue",
    workers: (value: number) =>
      value === 1
        ? "1 worker tells what it handles"
        : `${count(value)} workers tell what they handle`,
    workersHint:
      "Workers of this profile in other processes tell live what they handle, as long as a window listens.",
    leftOut: (value: number) => `${count(value)} more were handled by workers and not listed`,
    leftOutHint:
      "A worker tells 2,000 rows and 1 MiB a second at the most. What it leaves out, and what was told and not heard, is counted here; nothing here can find it.",
    by: (worker: string) => `Handled by the worker ${worker}`,
    deafSince: "What workers elsewhere handle has not been heard since",
    deaf: (why: string) =>
      `${why === "" ? "." : `: ${why.replace(/\.$/, "")}.`} It is tried again by itself; what they handle meanwhile is not listed.`,
  },
  open: {
    label: "The delivery that is open",
    open: "Open",
    ofRow: (text: string) =>
      text ? `What can be done with “${text}”` : "What can be done with it",
    delivery: (id: number) => `Delivery ${id}`,
    refused: "Refused request",
    engineClock: (time: string) => `By the engine’s clock, which the Simulator moves: ${time}`,
    sign: "Send it signed…",
    signHint: "Posts the body to this window’s listener, signed with its app secret",
    close: "Close",
    opening: "Opening…",
    again: "Try again",
    tabs: {
      story: "Story",
      raw: "Raw",
      trace: "Trace",
      cache: "Cache",
      sends: "Sends",
      waterfall: "Waterfall",
    },
    replay: "Replay",
    edit: "Edit and replay",
    curl: "Copy as curl",
    curlHint: "A command line that posts it to this window’s listener, signed",
    curlCopied: "Copied as curl.",
    noBody: "Its body was not kept, so there is nothing to be sent or copied.",
    curlStopped: "The listener is not running. Start it before you run the line.",
    more: "More",
    saveFixture: "Save as fixture",
    saveScenario: "Save as scenario",
    toConversation: "Open the conversation",
    toSimulator: "Show in the Simulator",
  },
  raw: {
    headers: "Headers as received",
    headersNone: "It came without headers: it did not go through the listener.",
    headersGone:
      "Its headers are not known: no window of this application was open when it came, it came too fast to be noted, or an earlier version took it.",
    headersElsewhere: "A worker elsewhere handled it, and no queue keeps headers.",
    signature: "Signature",
    body: "Body",
    bodyNone: "The body was not read: it was refused by its headers.",
    bodyElsewhere:
      "It came past this window’s listener; whoever put it into the queue has its body.",
    bodyNotTold:
      "The worker that handled it did not tell the body: it is longer than 64 KiB, or was taken before this window listened. Whoever put it into the queue has it.",
    bytes: (value: number) => plural(value, "byte", "bytes"),
    formatted: "Formatted",
    asReceived: "As received",
    copyBody: "Copy the body",
    peer: "From",
  },
  trace: {
    none: "Nothing was decided: it never reached the engine.",
    event: (number: number, of: number) => `Event ${number} of ${of}`,
    why: "Why",
    lookedAt: "Automations looked at",
    lookedAtNone: "None: what it meant was clear without.",
    notListed: (value: number) => `and ${count(value)} more that did not match`,
    fields: "As routed",
  },
  cache: {
    none: "Nothing was read.",
    event: "Event",
    collection: "What",
    tier: "Who answered",
    outcome: "How",
    time: "Time",
    total: (value: number) => `${plural(value, "read", "reads")} in all`,
  },
  sends: {
    none: "Nothing was sent because of it.",
    request: "Request",
    answer: "Answer",
    dryRun: "Not sent: dry run",
    answerDry: "Nobody was asked: a dry run sends nothing. This is what would have been sent.",
    answerNone: "No answer: it was not asked, or the connection broke.",
    status: (status: number) => `HTTP ${status}`,
    traced: (trace: string) => `Meta’s number for it: ${trace}`,
    rebuilt: "Put together from what is kept of it; the answer itself was not recorded.",
    attempt: (value: number) => `try ${value}`,
    uncertain: "may be a repeat",
  },
  waterfall: {
    none: "Its times are not known: no window of this application was open when it came, it came too fast to be noted, or an earlier version took it.",
    label: "Where the time went",
    total: "In all",
    byWorker: (worker: string) =>
      `From when the worker ${worker} took it, by that worker’s clock. The time before that is known only of what was posted to this window’s listener.`,
  },
  compose: {
    title: "Compose a webhook",
    signedTitle: "Send a refused request signed",
    untrusted:
      "Anybody may have posted this. Read it before you sign it: the automations take what is signed for Instagram’s.",
    replayTitle: (id: number) => `Replay delivery ${id}`,
    template: "Template",
    search: "Find a template",
    own: "Saved here",
    noTemplate: "No template is called so.",
    body: "Body",
    format: "Format",
    problem: (line: number, column: number, message: string) =>
      `Line ${line}, column ${column}: ${message}`,
    goTo: "Go there",
    becomes: (kinds: string) => `Becomes ${kinds}`,
    becomesNothing: "Becomes no event: it is accepted and nothing happens.",
    freshness: "Ids and times",
    fresh: freshness,
    freshHint: {
      as_new:
        "Fresh ids of messages and comments, and the present time: it is handled as a new one.",
      as_it_was: "Byte for byte: what was handled before counts as a repeat.",
    } satisfies Record<Freshness, string>,
    target: "Where to",
    targets: { engine: "This engine", listener: "This listener", url: "Another address" },
    targetHint: {
      engine: "Straight into the queue, past the listener.",
      listener: "Posted over HTTP and signed, as Meta does.",
      url: "Posted over HTTP and signed.",
    },
    targetHintHere: {
      offline:
        "Posted over HTTP and signed. This profile is offline: addresses of this machine only.",
      observe:
        "Posted over HTTP and signed. This profile is at observe: addresses of this machine only, until live is armed.",
      "dry-run": hereInDryRun,
      dry_run: hereInDryRun,
    } satisfies Record<Exclude<GuardLevel, "live">, string>,
    targetLive: (profile: string) =>
      `${profile} is live: what comes of it counts, and can reach real people.`,
    targetNotHere: (profile: string) =>
      `This window handles no deliveries of ${profile}: it goes into the queue, and what comes of it is seen here where its workers tell what they handle.`,
    listenerStopped: "The listener is not running. Start it, or choose another target.",
    url: "Address",
    secret: "App secret to sign with",
    secretHint: "Empty: the secret of this window's listener. It is not kept.",
    send: "Send",
    sending: "Sending…",
    sent: "What came of it",
    close: "Close",
  },
  live: {
    replayTitle: (value: number, profile: string) =>
      `Replay ${plural(value, "delivery", "deliveries")} on ${profile}?`,
    replay: (value: number, profile: string) => `Replay ${count(value)} on ${profile}`,
    replayWhat: {
      as_new: (value: number) =>
        value === 1
          ? "It is handled as a new one: whoever was answered may be answered again."
          : "They are handled as new ones: people who were answered may be answered again.",
      as_it_was: (value: number) =>
        value === 1
          ? "If it was handled before, it counts as a repeat as long as that is remembered. Otherwise people may be answered again."
          : "What was handled before counts as a repeat as long as that is remembered. For the rest, people may be answered again.",
    } satisfies Record<Freshness, (value: number) => string>,
    sendTitle: (profile: string) => `Send it to ${profile}?`,
    send: (profile: string) => `Send it to ${profile}`,
    sendWhat: "It is handled like a delivery of Instagram’s: whoever it names may be answered.",
    counts: (profile: string) =>
      `${profile} is live: what comes of it reaches real people, and cannot be taken back.`,
    cancel: "Cancel",
  },
  outcome: {
    same: "The same as before",
    different: "Not the same as before",
    before: "Before",
    after: "Now",
    what: "What",
    absent: "–",
    isSame: "same",
    isOther: "changed",
    answered: (status: number, phrase: string) => `Answered ${status} ${phrase}`.trim(),
    none: "No event of it was decided in time. It is in the list once it is.",
    open: "Open the new one",
    many: (value: number) => `${plural(value, "delivery was", "deliveries were")} sent again`,
    manySame: (same: number, other: number, notCompared: number, failed: number) => {
      const compared = same + other > 0 || notCompared + failed === 0;
      return [
        ...(compared ? [`${count(same)} came out the same`, `${count(other)} otherwise`] : []),
        ...(notCompared > 0 ? [`${count(notCompared)} not compared`] : []),
        ...(failed > 0 ? [`${count(failed)} did not go`] : []),
      ].join(", ");
    },
    ended: {
      stopped: (done: number, of: number) => `Cancelled after ${count(done)} of ${count(of)}.`,
      another_front: (done: number, of: number) =>
        `Ended after ${count(done)} of ${count(of)}: another profile, or another run of the Simulator, came in front. Its deliveries are others.`,
    },
    notCompared: {
      nothing_before: "",
      first_unknown: "Not compared: what came of the first one is not known here.",
      another_server: "Not compared: another server has it, and only its answer is known here.",
      handled_elsewhere:
        "It is in the queue. This window handles no deliveries, and no worker elsewhere tells what it handles, so what comes of it is not seen here; Queue shows whether it waits or failed.",
      not_in_time:
        "It was taken, and nothing of it is seen to be decided yet: the queue is long or stands still, or a worker has it that does not tell. It is in the list once something is seen.",
    } satisfies Record<NotCompared, string>,
    firstAnswer: "First, by this listener",
    itsAnswer: "Now, by that server",
    firstAnswerNone:
      "The first one did not come through this window’s listener, so there is no answer to put beside this one.",
    status: "Status",
    took: "Time",
    body: "Body",
  },
  many: {
    replay: "Replay all of these",
    title: (value: number) => `Replay ${plural(value, "delivery", "deliveries")}`,
    hint: "One after the other, the oldest first. At most the newest 500 of what is listed: live, or what a search found.",
    goesOn: "One after the other, the oldest first. It goes on while you look at something else.",
    progress: (done: number, of: number) => `${count(done)} of ${count(of)} sent again`,
    running: (done: number, of: number) => `Replaying ${count(done)} of ${count(of)}…`,
    cancel: "Cancel",
    cancelling: "Ending after this one…",
    cancelHint: "Ends it after the delivery that is under way",
    none: "Nothing that is listed can be sent again.",
  },
  save: {
    fixture: "Save as fixture",
    fixtureHint: "The body byte for byte, as a file. It is among the templates afterwards.",
    scenario: "Save as scenario",
    scenarioHint: "The delivery and what was decided, as a file that can be run in the Simulator.",
    name: "Name",
    save: "Save",
    cancel: "Cancel",
    saved: (path: string) => `Saved: ${path}`,
    savedOtherwise: (path: string) =>
      `Saved, but it does not lead to the same when it is played by itself: something before it counted, such as a conversation under way, or the automations have changed. Put that in front of it: ${path}`,
  },
};
