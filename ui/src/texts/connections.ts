/** What the screen Connections says, and the strip about the profile in front. */

import type { AuditOutcome, GuardLevel, ShownOutcome } from "@/host";
import { count, plural } from "@/shared/number";

const levels: Record<GuardLevel, string> = {
  offline: "offline",
  observe: "observe",
  dry_run: "dry run",
  "dry-run": "dry run",
  live: "live",
};

const levelHints: Record<GuardLevel, string> = {
  offline: "Nothing leaves this machine.",
  observe: "Only reads: no key, no document and no message is written.",
  dry_run: "Everything is processed under names of its own, and nothing is sent.",
  "dry-run": "Everything is processed under names of its own, and nothing is sent.",
  live: "Changes count, and messages are sent.",
};

const outcomes: Record<ShownOutcome, string> = {
  ok: "As it should be",
  warning: "Worth knowing",
  failed: "Does not work",
};

const ends: Record<AuditOutcome, string> = { begun: "begun", done: "done", failed: "failed" };

export const connections = {
  levels,
  levelHints,
  outcomes,
  title: "Connections",
  profiles: "Profiles",
  offlineName: "Offline",
  offlineCard: "The Simulator’s own workspace, in files of this machine.",
  newProfile: "New profile",
  importEnv: "Import a .env file",
  reconnect: "Connect the last one again at the start",
  secretsIn: (place: string) => `Secrets are kept in ${place}.`,
  empty: {
    title: "No profile yet",
    hint: "A profile says where your Redis, MongoDB and queue are. It opens read-only, so nothing of theirs can be changed by accident.",
  },
  pointsAt: "Points at",
  inFront: "connected",
  connect: "Connect",
  connecting: "Connecting…",
  disconnect: "Disconnect",
  test: "Test",
  testing: "Testing…",
  testOnline: "Ask Instagram too",
  testOnlineHint: "Asks the Graph API whether it accepts the tokens: one request for each account",
  edit: "Edit",
  more: (name: string) => `More about ${name}`,
  duplicate: "Duplicate",
  remove: "Delete",
  removed: (name: string) => `The profile “${name}” and its secrets were deleted.`,
  undo: "Undo",
  failedTo: (name: string) =>
    `“${name}” could not be connected, and what was in front stays. Test says what to do.`,
  neverTested: "Not tested yet",
  tested: (when: string) => `tested ${when}`,
  checks: {
    label: (name: string) => `What the test of ${name} found`,
    allGood: (n: number) => `${plural(n, "check", "checks")}, all as they should be`,
    some: (bad: number, all: number) =>
      `${count(bad)} of ${plural(all, "check", "checks")} need a look`,
    show: "Show all",
    hide: "Show less",
    toDo: "What to do:",
    which: (n: number) => `Show these ${count(n)}`,
    groups: {
      guard: "Guard level",
      redis: "Redis",
      mongo: "MongoDB",
      queue: "Queue",
      agreement: "Cache and documents",
      instagram: "Instagram",
      database: "Database file",
    } as Record<string, string>,
  },

  indexes: {
    open: "Create indexes…",
    title: (name: string) => `Create the missing indexes of ${name}?`,
    body: "MongoDB builds them while the applications go on. On a large collection that takes minutes and makes it slower meanwhile, so choose a quiet hour. Indexes that are there stay as they are, and no document is changed.",
    cancel: "Not now",
    create: "Create indexes",
    creating: "Creating…",
    notConnected: "Connect it and arm live to create them here.",
    notLive: (level: string) => `At ${level} nothing is changed. Arm live to create them here.`,
    done: (n: number) =>
      n === 0 ? "No index was missing any more." : `${plural(n, "index", "indexes")} created.`,
    refused: (created: number, why: string) =>
      `${plural(created, "index", "indexes")} created. MongoDB did not take the others: ${why}`,
  },

  editor: {
    create: "New profile",
    edit: (name: string) => `Edit ${name}`,
    name: "Name",
    namePlaceholder: "Shop production",
    where: "Where documents, cache and queue are",
    kinds: { servers: "Servers", file: "A file of this machine" },
    level: "Opens at",
    redis: "Redis address",
    redisPassword: "Redis password",
    mongo: "MongoDB address",
    mongoPassword: "MongoDB password",
    database: "Database",
    queue: "Queue (BullMQ)",
    queueUrl: "Redis of the queue, where it is another one",
    queuePassword: "Its password",
    queuePrefix: "Queue’s keys begin with",
    keyPrefix: "Our own keys begin with",
    namespace: "Before the names of cached keys",
    caFile: "Certificates to trust for Redis (PEM file)",
    jobName: "Name of jobs that are added",
    takes: "Names of jobs that are deliveries",
    takesHint: "With commas between; empty for every job.",
    dataPath: "Where the webhook is in a job’s data",
    dataPathHint: "Empty: it is looked for in the usual places.",
    collections: "Names of the collections",
    collectionOf: [
      "Workspaces",
      "Accounts",
      "Automations",
      "User states",
      "Contacts",
      "Processed events",
    ],
    file: "Database file",
    fileHint: "Empty: in the application’s data folder.",
    instagram: "Sends go to",
    instagrams: { simulated: "A simulated Instagram", graph: "The Graph API" },
    graphUrl: "Graph API address",
    graphUrlHint: "Empty: https://graph.instagram.com",
    graphVersion: "Version",
    token: "Access token",
    tokenHint:
      "For accounts whose document has none: a token, or account=token with commas between.",
    metrics: {
      label: "Metrics of the workers",
      address: (n: number) => `Address ${n}`,
      placeholder: "http://10.0.0.5:9464/metrics",
      hint: "Where “heliograph worker” or “heliograph serve”, started with --metrics, shows its figures: one address for each process. Cache shows their hit rates.",
      add: "Another worker",
      remove: (n: number) => `Remove address ${n}`,
    },
    more: "More",
    kept: "kept; type to replace it",
    none: "none",
    forget: "Forget",
    willForget: "will be forgotten",
    passwordHint: (place: string) =>
      `Passwords, those in an address too, are kept in ${place}, never in a file of this application.`,
    cancel: "Cancel",
    save: "Save",
    saveAndTest: "Save and test",
    changedInFront: "It is connected: what you change counts when it is connected again.",
  },

  env: {
    title: "Import a .env file",
    hint: "Paste the text of a Node project’s .env file, or choose the file. Nothing is stored before you say so.",
    paste: "Text of the file",
    placeholder: "REDIS_URL=redis://…\nMONGODB_URI=mongodb://…\nQUEUE_NAME=…",
    choose: "Choose a file",
    name: "Name of the profile",
    recognised: "Recognised",
    others: (n: number) =>
      `${plural(n, "other variable says", "other variables say")} nothing of a connection`,
    problems: "Worth knowing",
    line: (n: number) => `Line ${n}`,
    secret: "secret",
    withSecret: "password taken out",
    import: "Make the profile",
    observes: "It opens at observe, which only reads.",
    made: (name: string) => `The profile “${name}” was made from the file. Test it next.`,
  },

  strip: {
    menu: "Profile in front",
    title: (name: string, level: string) => `${name}, ${level}. Switch the profile.`,
    connecting: (name: string) => `Connecting to ${name}…`,
    ends: (left: string) => `ends in ${left}`,
    endsLabel: "Live ends in",
    liveOn: (name: string) => `Changes and messages count on ${name}`,
    working: "handles deliveries here",
    dryRun: "nothing is sent",
    dryRunHint: (profile: string) =>
      `What reaches this window is handled under names of its own beside ${profile}, whose real documents, cache and queue stay as they are. Traffic shows what would have been sent.`,
    here: (workspace: string) => `this screen: ${workspace}, offline`,
    hereHint: (workspace: string, profile: string) =>
      `The Simulator and the Builder work on ${workspace}, which is offline, whatever is in front. ${profile} is what Traffic, Conversations, Cache and Queue look at.`,
    arm: "Arm live…",
    armLonger: "Live for longer…",
    disarm: "Disarm",
    disarmed: (name: string) => `${name} only observes again.`,
    all: "All connections…",
  },

  arm: {
    title: (name: string) => `Arm live on ${name}`,
    warning: (name: string) =>
      `For this time, what you do in this window changes ${name} and can send messages to real people. Everything is written into the audit log. It ends by itself.`,
    minutes: "For",
    choices: { "5": "5 min", "15": "15 min", "60": "60 min" },
    type: (name: string) => `Type ${name} to go on`,
    arm: (minutes: string) => `Go live for ${minutes} min`,
    cancel: "Cancel",
    work: "Handle deliveries in this window",
    workHint:
      "Off: you can retry a job or release a conversation, and the servers do the work. On: this window takes deliveries from the queue as one more worker, until live ends.",
  },

  listener: {
    title: "Receiving webhooks",
    before: (name: string) => `The listener stands in front of ${name}.`,
    observes: (name: string) =>
      `${name} only observes, so deliveries are answered “try again later” and nothing reaches its queue.`,
    path: "Path",
    secrets: "App secrets",
    secretsHint: "A delivery counts when one of these has signed it.",
    ownSecret: "this window’s own, made anew at every start",
    anyAccount: "every account",
    addSecret: "Add an app secret",
    secretName: "Name",
    secret: "App secret",
    accounts: "Only for these accounts",
    add: "Add",
    setPath: "Set",
    pathBad: "A path begins with / and holds no space, ? or #.",
    tokenKept: (place: string) => `The verify token is kept in ${place}.`,
    tokenFresh: "The verify token is made anew at every start, until you keep one.",
    removeSecret: (name: string) => `Remove the app secret ${name}`,
    newToken: "Make and keep a new one",
    newTokenHint: "Makes another verify token and keeps it; Meta’s dashboard needs it then",
  },

  audit: {
    title: "Audit log",
    hint: "Everything that was changed or sent from here on a profile that is not offline.",
    search: "Search the audit log",
    placeholder: "profile, key, id, word",
    export: "Export as CSV",
    exported: (path: string) => `Written to ${path}`,
    none: "Nothing was changed or sent yet",
    noneHint:
      "Arm live on a profile and change something: it stands here then, with before and after.",
    notFound: "No line holds all of these words",
    found: (shown: number, found: number, all: number) =>
      shown < found
        ? `the newest ${count(shown)} of ${count(found)}`
        : found < all
          ? `${count(found)} of ${count(all)}`
          : plural(all, "line", "lines"),
    unreadable: (n: number) => `${plural(n, "line", "lines")} cannot be read`,
    columns: {
      time: "Time",
      profile: "Profile",
      level: "Level",
      what: "What",
      change: "Before → after",
      outcome: "Ended",
    },
    ends,
    before: "Before",
    after: "After",
    nothing: "nothing",
  },
};
