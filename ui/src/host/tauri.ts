/** The application as host: a thin layer over the generated commands. */

import { Channel } from "@tauri-apps/api/core";
import type { CommandError, WindowUpdate } from "./bindings";
import { commands } from "./bindings";
import type { Host } from "./host";
import { DEFAULT_SETTINGS, HostError } from "./host";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  if (settled.status === "error") throw new HostError(settled.error);
  return settled.data;
}

export function tauriHost(): Host {
  return {
    kind: "application",
    simulatorView: () => unwrap(commands.simulatorView()),
    act: (action) => unwrap(commands.simulatorAct(action)),
    letPass: (millis) => unwrap(commands.simulatorLetPass(millis)),
    addPerson: (name, follows) => unwrap(commands.simulatorAddPerson(name, follows)),
    setFollows: (person, follows) => unwrap(commands.simulatorSetFollows(person, follows)),
    setUnsubscribed: (person, unsubscribed) =>
      unwrap(commands.simulatorSetUnsubscribed(person, unsubscribed)),
    reset: () => unwrap(commands.simulatorReset()),
    deliveryBody: (delivery) => unwrap(commands.deliveryBody(delivery)),
    listenerStatus: () => unwrap(commands.listenerStatus()),
    listenerStart: (port) => unwrap(commands.listenerStart(port)),
    listenerStop: () => unwrap(commands.listenerStop()),
    listenerAppSecret: () => unwrap(commands.listenerAppSecret()),
    sampleCurl: () => unwrap(commands.sampleCurl()),
    settings: async () => ({ ...DEFAULT_SETTINGS, ...(await unwrap(commands.settingsGet())) }),
    saveSettings: async (settings) => {
      await unwrap(commands.settingsSet(settings));
    },
    watch(onUpdates, onFailure) {
      let watching = true;
      const channel = new Channel<WindowUpdate[]>();
      channel.onmessage = (updates) => {
        if (watching) onUpdates(updates);
      };
      unwrap(commands.watch(channel)).catch((thrown: unknown) => {
        if (watching) onFailure(HostError.from(thrown));
      });
      return () => {
        watching = false;
      };
    },
  };
}
