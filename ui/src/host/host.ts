/**
 * What the window needs from the outside, named as questions and wishes.
 *
 * There are two of them: the application (Tauri) and a recording that is played back in
 * a plain browser and in tests. Nothing outside this folder knows which one it has.
 */

import type {
  Action,
  Settings as BoundSettings,
  CommandError,
  ContactId,
  DeliveryId,
  ErrorCode,
  ListenerStatus,
  SimulatorView,
  WindowUpdate,
} from "./bindings";
import type { BuilderHost } from "./builder";
import type { CacheHost } from "./cache";
import type { ConnectionsHost } from "./connections";
import type { ConversationsHost } from "./conversations";
import type { NoticesHost } from "./notices";
import type { PlaybackHost, ScenariosHost } from "./playback";
import type { QueueHost } from "./queue";
import type { TrafficHost } from "./traffic";
import type { TunnelHost } from "./tunnel";
import type { WindowsHost } from "./windows";

/** The settings, complete: what the shell left out is filled in by the host. */
export type Settings = { [K in keyof BoundSettings]-?: NonNullable<BoundSettings[K]> };

export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  listenerPort: 8787,
  listenerPath: "/api/webhooks/instagram",
  zoom: 1,
  listenerAutostart: false,
  reconnect: false,
  // Until it is known, nobody is asked.
  welcomed: true,
  notify: true,
  mutedNotices: [],
  keepInTray: false,
  keepSeen: true,
};

export interface Host {
  /** The engine itself, or a recording of it. A recording is labelled in the window. */
  readonly kind: "application" | "recording";

  simulatorView(): Promise<SimulatorView>;
  act(action: Action): Promise<SimulatorView>;
  letPass(millis: number): Promise<SimulatorView>;
  /** The language is a BCP 47 tag; null: none is known. */
  addPerson(name: string, follows: boolean, language: string | null): Promise<SimulatorView>;
  setFollows(person: ContactId, follows: boolean): Promise<SimulatorView>;
  setUnsubscribed(person: ContactId, unsubscribed: boolean): Promise<SimulatorView>;
  reset(): Promise<SimulatorView>;
  /** The webhook as it arrived; null when the journal does not hold it any more. */
  deliveryBody(delivery: DeliveryId): Promise<string | null>;

  readonly builder: BuilderHost;
  readonly playback: PlaybackHost;
  readonly scenarios: ScenariosHost;
  readonly traffic: TrafficHost;
  readonly queue: QueueHost;
  readonly cache: CacheHost;
  readonly tunnel: TunnelHost;
  readonly notices: NoticesHost;
  readonly connections: ConnectionsHost;
  readonly conversations: ConversationsHost;
  readonly windows: WindowsHost;

  listenerStatus(): Promise<ListenerStatus>;
  listenerStart(port: number): Promise<ListenerStatus>;
  listenerStop(): Promise<ListenerStatus>;
  /** What deliveries are signed with. Asked for only when somebody wants to see it. */
  listenerAppSecret(): Promise<string>;
  /** A command line that posts a signed sample to the running listener. */
  sampleCurl(): Promise<string>;

  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;

  /** Calls back with what changed, until the returned function is called. */
  watch(
    onUpdates: (updates: WindowUpdate[]) => void,
    onFailure: (error: HostError) => void,
  ): () => void;
}

/** Every failure of a host, with what to do next in its message. */
export class HostError extends Error {
  readonly code: ErrorCode;

  constructor(error: CommandError) {
    super(error.message);
    this.name = "HostError";
    this.code = error.code;
  }

  /** What was thrown, as a HostError: what is none counts as internal. */
  static from(thrown: unknown): HostError {
    if (thrown instanceof HostError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new HostError({ code: "internal", message });
  }
}
