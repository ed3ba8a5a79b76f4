/** A tunnel that is made up: for the browser and for tests. */

import type {
  Program,
  SelfCheck,
  SubscribedAccount,
  SubscribedApp,
  TunnelNews,
  TunnelSettings,
  TunnelStatus,
} from "../bindings";
import type { TunnelHost } from "../tunnel";

const AT = 1_790_000_000_000;

export const TUNNEL_SETTINGS: TunnelSettings = {
  kind: "cloudflared_quick",
  ownUrl: "",
  cloudflaredName: "",
  cloudflaredHostname: "",
  ngrokDomain: "",
  command: "",
  ssh: {
    host: "",
    port: 0,
    remotePort: 80,
    url: "",
    identity: "",
    acceptNewHost: false,
    options: "",
  },
};

export const tunnelStatus = (change: Partial<TunnelStatus> = {}): TunnelStatus => ({
  state: { is: "stopped" },
  kind: null,
  port: 0,
  command: null,
  health: null,
  earlierUrl: null,
  output: [],
  ...change,
});

const PROGRAMS: readonly Program[] = [
  {
    name: "cloudflared",
    path: "/usr/bin/cloudflared",
    version: "2025.11.1",
    advice: "Install cloudflared.",
  },
  { name: "ngrok", path: null, version: null, advice: "Install ngrok, and add your token." },
  { name: "ssh", path: "/usr/bin/ssh", version: "9.2p1", advice: "Install OpenSSH." },
];

const CHECKED: SelfCheck = {
  at: AT + 9_000,
  url: "https://deck-organisms.trycloudflare.com/api/webhooks/instagram",
  passed: true,
  steps: [
    { good: true, says: "The challenge came back, byte for byte.", advice: "" },
    { good: true, says: "Another verify token is refused.", advice: "" },
  ],
};

const FIELDS = ["messages", "comments"];

const urlOf = ({ state }: TunnelStatus) => (state.is === "up" ? state.url : "");

/** Up as soon as it is started, and asked by Meta once. */
export function tunnelInMemory(first: Partial<TunnelNews> = {}): TunnelHost {
  let news: TunnelNews = { status: tunnelStatus(), challenges: [], ...first };
  let settings = TUNNEL_SETTINGS;
  let accounts: SubscribedAccount[] = [
    { id: "17841400000000001", username: "bakery", fields: [], problem: null },
  ];
  let app: SubscribedApp = {
    appId: "",
    callbackUrl: "https://old.example.com/webhook",
    fields: ["messages"],
  };
  const watchers = new Set<(news: TunnelNews) => void>();
  const tell = (status: TunnelStatus) => {
    news = { ...news, status };
    for (const watcher of watchers) watcher(news);
  };
  return {
    watch: (onNews) => {
      watchers.add(onNews);
      onNews(news);
      return () => {
        watchers.delete(onNews);
      };
    },
    settings: async () => settings,
    keep: async (wanted) => {
      settings = wanted;
    },
    programs: async () => [...PROGRAMS],
    start: async (wanted) => {
      settings = wanted;
      const url = "https://deck-organisms.trycloudflare.com";
      tell(
        tunnelStatus({
          state: { is: "up", url, since: AT },
          kind: wanted.kind,
          port: 8787,
          command: "cloudflared tunnel --no-autoupdate --url http://127.0.0.1:8787",
          health: {
            at: AT,
            millis: 120,
            problem: null,
            says: "The listener answers.",
            advice: "",
            since: AT,
          },
          output: [{ at: AT, text: `INF |  ${url}  |`, ours: false }],
        }),
      );
    },
    stop: async () => tell(tunnelStatus({ kind: news.status.kind })),
    look: async () => undefined,
    check: async () => CHECKED,
    accounts: async () => accounts,
    subscribeAccount: async (id) => {
      accounts = accounts.map((each) => (each.id === id ? { ...each, fields: [...FIELDS] } : each));
      return accounts;
    },
    app: async (appId) => ({ ...app, appId }),
    subscribeApp: async (appId) => {
      const url = `${urlOf(news.status)}/api/webhooks/instagram`;
      app = { appId, callbackUrl: url, fields: [...FIELDS] };
      return app;
    },
  };
}
