/** What the tunnel's panel shows: how it is, its settings as they are typed, the check. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Host, Program, SelfCheck, SshSettings, TunnelNews, TunnelSettings } from "@/host";
import { HostError } from "@/host";

export interface TunnelState {
  news: TunnelNews | null;
  /** As they stand in the form; null until they were read. */
  settings: TunnelSettings | null;
  programs: Program[] | null;
  /** What came of the last check, for the address that it asked. */
  checked: SelfCheck | null;
  checking: boolean;
  /** Starting or stopping is under way. */
  busy: boolean;
  /** Why the last wish was not carried out. */
  problem: HostError | null;

  told(news: TunnelNews): void;
  load(): Promise<void>;
  lookForPrograms(): Promise<void>;
  change(change: Partial<TunnelSettings>): void;
  changeSsh(change: Partial<SshSettings>): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  look(): Promise<void>;
  check(): Promise<void>;
}

export type TunnelStore = StoreApi<TunnelState>;

export function createTunnel({ tunnel }: Host): TunnelStore {
  return createStore<TunnelState>()((set, get) => {
    const attempt = async (wish: () => Promise<void>) => {
      set({ problem: null });
      try {
        await wish();
      } catch (thrown) {
        set({ problem: HostError.from(thrown) });
      }
    };
    return {
      news: null,
      settings: null,
      programs: null,
      checked: null,
      checking: false,
      busy: false,
      problem: null,

      told: (news) => {
        const { checked } = get();
        const stands = checked?.url.startsWith(urlOf(news) ?? "-") ?? false;
        set({ news, checked: stands ? checked : null });
      },
      load: async () => {
        if (get().settings === null) {
          await attempt(async () => set({ settings: await tunnel.settings() }));
        }
        await get().lookForPrograms();
      },
      lookForPrograms: async () => {
        await attempt(async () => set({ programs: await tunnel.programs() }));
      },
      change: (change) => {
        const { settings } = get();
        if (settings) set({ settings: { ...settings, ...change }, problem: null });
      },
      changeSsh: (change) => {
        const { settings } = get();
        if (settings) get().change({ ssh: { ...settings.ssh, ...change } });
      },
      start: async () => {
        const { settings } = get();
        if (!settings) return;
        set({ busy: true, checked: null });
        await attempt(() => tunnel.start(settings));
        set({ busy: false });
      },
      stop: async () => {
        set({ busy: true });
        await attempt(() => tunnel.stop());
        set({ busy: false });
      },
      look: () => attempt(() => tunnel.look()),
      check: async () => {
        set({ checking: true });
        await attempt(async () => set({ checked: await tunnel.check() }));
        set({ checking: false });
      },
    };
  });
}

/** The public address, while the tunnel is up. */
export function urlOf(news: TunnelNews | null): string | null {
  const state = news?.status.state;
  return state?.is === "up" ? state.url : null;
}
