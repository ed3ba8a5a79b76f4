/** What the tunnel says. */

import type { Asker, SeenChallenge, TunnelKind } from "@/host";
import { plural } from "@/shared/number";

const kinds: Record<TunnelKind, string> = {
  cloudflared_quick: "cloudflared, quick",
  cloudflared_named: "cloudflared, named tunnel",
  ngrok: "ngrok",
  ssh: "ssh -R",
  command: "Another program",
  own_url: "Own address",
};

const hints: Record<TunnelKind, string> = {
  cloudflared_quick:
    "Needs no account. The address is another one at every start, so Meta has to be told each time.",
  cloudflared_named:
    "A tunnel of your Cloudflare account, with an address that stays. Its ingress rule must lead to the listener’s port.",
  ngrok: "The token stays in ngrok’s own configuration: run “ngrok config add-authtoken” once.",
  ssh: "A port of another machine leads here. Keys only: a password cannot be asked for.",
  command: "Any program that prints a public https address. It is started without a shell.",
  own_url: "A reverse proxy or a tunnel that you run yourself. Nothing is started here.",
};

const askers: Record<Asker, string> = {
  meta: "Meta",
  ourselves: "This window",
  somebody: "Somebody",
};

/** What Meta is to send; the engine understands all of them. */
export const FIELDS: readonly string[] = [
  "messages",
  "message_echoes",
  "messaging_postbacks",
  "message_reactions",
  "messaging_seen",
  "comments",
  "live_comments",
];

export const tunnel = {
  title: "Tunnel",
  hint: "Gives the listener an address on the internet that Meta can post to.",
  kind: "Kind",
  kinds,
  hints,
  installed: (name: string, version: string | null) =>
    version ? `${name} ${version} is installed.` : `${name} is installed.`,
  missing: (name: string) => `${name} is not installed.`,
  lookAgain: "Look again",
  start: "Start the tunnel",
  stop: "Stop",
  startAgain: "Start again",
  startListenerFirst: "Start the listener first: a tunnel leads to it.",
  fields: {
    ownUrl: "Address",
    cloudflaredName: "Name or id",
    cloudflaredHostname: "Hostname",
    ngrokDomain: "Domain",
    command: "Command",
    host: "Host",
    sshPort: "SSH port",
    remotePort: "Remote port",
    url: "Public address",
    identity: "Key file",
    options: "Options",
    acceptNewHost: "Trust a host that was never seen before",
  },
  placeholders: {
    ownUrl: "https://hooks.example.com",
    cloudflaredName: "hooks",
    cloudflaredHostname: "hooks.example.com",
    ngrokDomain: "the one that ngrok gives",
    command: "lt --port {port}",
    host: "me@example.com",
    sshPort: "22",
    remotePort: "80",
    url: "https://hooks.example.com, or empty if the service prints it",
    identity: "what ssh finds by itself",
    options: "Compression=yes",
  },
  commandHint: "{port} stands for the listener’s port.",
  more: "More options",
  state: {
    stopped: "stopped",
    starting: "starting",
    up: "up",
    reconnecting: "reconnecting",
    failed: "failed",
  },
  startingOf: (name: string) => `${name} is starting and has not said that it is connected.`,
  upSince: (when: string) => `Up since ${when}`,
  tryAt: (attempt: number, when: string) => `Try ${attempt} at ${when}.`,
  triesItself: "It tries by itself.",
  publicAddress: "Public address",
  copyAddress: "Copy the public address",
  changed: "The address changed: paste it into Meta’s dashboard again.",
  changedFrom: (url: string) => `Meta may still post to ${url}.`,
  notHttps: "Meta posts to https addresses only.",
  leadsElsewhere: (port: number, now: number) =>
    `The tunnel leads to port ${port}, and the listener is on ${now} now.`,
  listenerStopped: "The listener does not run: nothing that comes through the tunnel is taken.",
  health: "Through the tunnel",
  notAsked: "Asking…",
  asked: (millis: number, when: string) => `${millis} ms, asked at ${when}`,
  askAgain: "Ask now",
  since: (when: string) => `like this since ${when}`,
  meta: {
    title: "For Meta’s dashboard",
    hint: "Your app, Webhooks, Instagram: paste the first two, press Verify and save, then subscribe the fields.",
    callback: "Callback URL",
    copyCallback: "Copy the callback URL",
    token: "Verify token",
    copyToken: "Copy the verify token",
    fields: "Fields",
    copyFields: "Copy the fields",
    whenUp: "is here when the tunnel is up",
  },
  check: {
    run: "Check as Meta does",
    running: "Asking…",
    passed: "Meta would be content.",
    failed: "Meta would not be content.",
    good: "Good:",
    bad: "Not good:",
  },
  challenges: {
    title: "Verifications seen",
    none: "Meta has not asked yet. It does when you press Verify and save in its dashboard.",
    says: (challenge: SeenChallenge): string => {
      const who = askers[challenge.asker];
      if (challenge.asker === "ourselves" && challenge.outcome === "wrong_token") {
        return `${who} asked with another token, and was refused, as it should be.`;
      }
      switch (challenge.outcome) {
        case "answered":
          return `${who} asked: token right, answered.`;
        case "wrong_token":
          return `${who} asked with another token, and was refused. Copy the verify token again.`;
        case "wrong_mode":
          return `${who} asked with the right token for something else than to subscribe, and was refused.`;
        case "incomplete":
          return `${who} asked without ${challenge.missing.join(" and ")}. Something on the way drops the query.`;
      }
    },
    from: (from: string, agent: string) =>
      agent
        ? `from ${from}, which calls itself “${agent}”`
        : `from ${from}, which does not say who it is`,
  },
  notices: {
    failed: (reason: string) => `The tunnel has failed: ${reason}.`,
    changed: "The tunnel’s address changed: paste it into Meta’s dashboard again.",
    lost: (reason: string) => `The tunnel was lost, and is tried again: ${reason}.`,
    ill: (says: string) => `Nothing comes through the tunnel. ${says}`,
    look: "Look",
  },
  subscribing: {
    title: "Subscribe through the Graph API",
    hint: "Does what the dashboard’s last steps do, with the tokens of the profile in front.",
    simulated:
      "The profile in front is offline, so this asks the simulated Instagram, which keeps the same rules. Connect a profile to reach Meta.",
    forbidden: {
      observe: "This profile only observes: arm live to subscribe. What is subscribed can be seen.",
      dry_run: "A dry run changes nothing at Meta. What is subscribed can be seen.",
    },
    noAccounts: "There is no active account in this profile.",
    notSubscribed: "The app is told nothing of it.",
    subscribe: "Subscribe",
    subscribeAgain: "Subscribe all fields",
    appId: "App id",
    appIdHint: "at the top of the app’s dashboard",
    secret: "App secret",
    secretHint: "used once, and kept nowhere",
    show: "Show what is subscribed",
    subscribeApp: "Set the callback URL…",
    noAddress: "Start the tunnel first: it has the address.",
    noCallback: "The app has no callback URL for Instagram.",
    postsTo: "Meta posts to",
    confirmTitle: (app: string) => `Set the callback URL of app ${app}`,
    willPostTo: (url: string) =>
      `Meta asks ${url} for its challenge, and then posts all Instagram webhooks of this app there.`,
    noMore: (url: string) => `Nothing is posted to ${url} any more.`,
    cancel: "Cancel",
    confirm: "Set it",
  },
  output: {
    title: (name: string) => `Last lines of ${name}`,
    count: (lines: number) => plural(lines, "line", "lines"),
    none: "It has written nothing yet.",
    ours: "Heliograph:",
    command: "Command line",
    copy: "Copy the command line",
  },
} as const;
