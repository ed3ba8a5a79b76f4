/** Opens the host that this window runs in. */

import type { Host } from "./host";

export type * from "./bindings";
export { LIMITS } from "./bindings";
export type { BuilderHost } from "./builder";
export type { CacheHost } from "./cache";
export type { ConnectionsHost } from "./connections";
export type { ConversationsHost } from "./conversations";
export type { Host, Settings } from "./host";
export { DEFAULT_SETTINGS, HostError } from "./host";
export type { NoticesHost } from "./notices";
export type { PlaybackHost, ScenariosHost } from "./playback";
export type { QueueHost } from "./queue";
export type { TrafficHost } from "./traffic";
export type { TunnelHost } from "./tunnel";
export type { WindowsHost } from "./windows";

/** Null in a plain browser that was given a built window: there is nothing to talk to. */
export async function openHost(): Promise<Host | null> {
  if ("__TAURI_INTERNALS__" in window) {
    const { tauriHost } = await import("./tauri");
    return tauriHost();
  }
  if (import.meta.env.DEV) {
    const { recordingHost } = await import("./memory");
    return recordingHost();
  }
  return null;
}
