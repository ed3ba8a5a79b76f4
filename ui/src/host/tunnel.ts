/** What the tunnel needs from the outside: settings, start and stop, asking through it. */

import type {
  AccountId,
  Program,
  SelfCheck,
  SubscribedAccount,
  SubscribedApp,
  TunnelNews,
  TunnelSettings,
} from "./bindings";

export interface TunnelHost {
  /** Tells how it is, now and when it changes, until the answer is called. */
  watch(onNews: (news: TunnelNews) => void): () => void;
  /** The settings that were kept last. */
  settings(): Promise<TunnelSettings>;
  /** Keeps settings for the next start; what runs goes on as it is. */
  keep(settings: TunnelSettings): Promise<void>;
  /** The programs that are known, with their versions where they are installed. */
  programs(): Promise<Program[]>;
  /** Keeps the settings, and starts. What comes of it is in the news. */
  start(settings: TunnelSettings): Promise<void>;
  stop(): Promise<void>;
  /** Asks now whether the listener answers at the public address. */
  look(): Promise<void>;
  /** Performs Meta's verification through the public address. */
  check(): Promise<SelfCheck>;

  /** What the accounts of the profile in front are subscribed to. */
  accounts(): Promise<SubscribedAccount[]>;
  /** Subscribes one to all that is understood; answers with how all of them are. */
  subscribeAccount(account: AccountId): Promise<SubscribedAccount[]>;
  /** Where an app's webhooks go. */
  app(appId: string, secret: string): Promise<SubscribedApp>;
  /** Lets them go through the tunnel to this listener. */
  subscribeApp(appId: string, secret: string): Promise<SubscribedApp>;
}
