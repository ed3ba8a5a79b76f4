/** The recording as host: for `npm run dev` in a plain browser and for tests. */

import type { ListenerStatus, Moment, SimulatorView, WindowUpdate } from "../bindings";
import type { Host, Settings } from "../host";
import { DEFAULT_SETTINGS, HostError } from "../host";
import { cacheInMemory } from "./cache";
import { connectionsInMemory } from "./connections";
import { conversationsInMemory } from "./conversations";
import { libraryInMemory } from "./library";
import { mayaAsksForTheMenu } from "./maya";
import { noticesInMemory } from "./notices";
import { queueInMemory } from "./queue";
import type { Recording, Wish } from "./recording";
import { sameWish } from "./recording";
import { scenariosInMemory } from "./scenarios";
import { trafficInMemory } from "./traffic";
import { tunnelInMemory } from "./tunnel";
import { windowsInMemory } from "./windows";

export interface RecordingOptions {
  /** How many recorded steps have been played when the window opens. */
  at?: number;
  recording?: Recording;
  settings?: Partial<Settings>;
  listener?: Partial<ListenerStatus>;
}

const LISTENER: ListenerStatus = {
  state: "stopped",
  address: null,
  port: 8787,
  verifyToken: "recorded-verify-token",
  accepted: 0,
  rejected: 0,
  error: null,
};

/** Plays a recording. `?at=4` in the address opens it after the fourth step. */
export function recordingHost(options: RecordingOptions = fromAddress()): Host {
  const recording = options.recording ?? mayaAsksForTheMenu();
  const watchers = new Set<(updates: WindowUpdate[]) => void>();
  let position = Math.min(options.at ?? 0, recording.steps.length);
  let settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  let listener: ListenerStatus = { ...LISTENER, ...options.listener };

  let undone: Moment[] = [];

  const view = (): SimulatorView => {
    const now = structuredClone(recording.steps[position - 1]?.view ?? recording.opening);
    now.playback.moments.push(...structuredClone(undone));
    return now;
  };

  async function notRecorded(): Promise<never> {
    throw new HostError({
      code: "unavailable",
      message: "This is a recording, not the engine. Open the application to do that.",
    });
  }

  const push = (update: WindowUpdate) => {
    for (const watcher of watchers) watcher([update]);
  };

  async function play(wish: Wish): Promise<SimulatorView> {
    const next = recording.steps[position];
    if (!next) {
      throw new HostError({
        code: "unavailable",
        message:
          "The recording ends here. Start over to play it again, or open the application to talk to the engine.",
      });
    }
    if (!sameWish(wish, next.wish)) {
      throw new HostError({
        code: "unavailable",
        message: `This is a recording, not the engine. The next recorded step is: ${next.title}.`,
      });
    }
    position += 1;
    undone = [];
    const now = view();
    push({ update: "simulator", view: now, people: null });
    return now;
  }

  async function setListener(change: Partial<ListenerStatus>): Promise<ListenerStatus> {
    listener = { ...listener, ...change };
    push({ update: "listener", status: listener });
    return listener;
  }

  return {
    kind: "recording",
    simulatorView: async () => view(),
    act: (action) => play({ wish: "act", action }),
    letPass: (millis) => play({ wish: "let_pass", millis }),
    addPerson: async () => {
      throw new HostError({
        code: "unavailable",
        message:
          "A recording has only the people it was made with. Open the application to add one.",
      });
    },
    setFollows: (person, follows) => play({ wish: "set_follows", person, follows }),
    setUnsubscribed: (person, unsubscribed) =>
      play({ wish: "set_unsubscribed", person, unsubscribed }),
    reset: async () => {
      position = 0;
      undone = [];
      push({ update: "simulator", view: view(), people: null });
      return view();
    },
    deliveryBody: async (delivery) => recording.bodies.get(delivery) ?? null,
    builder: libraryInMemory(recording.opening, push),
    playback: {
      run: (speed) => play({ wish: "run", speed }),
      passUntil: (at) => play({ wish: "let_pass", millis: at - view().now }),
      moment: async (number) => {
        const moment = view().playback.moments.find((each) => each.number === number);
        if (!moment) return null;
        const after = recording.steps[number - 1]?.view ?? recording.opening;
        return {
          moment,
          differences: recording.differences.get(number) ?? [],
          states: after.people.flatMap((person) => person.state ?? []),
        };
      },
      goTo: async (number) => {
        const whole = recording.steps[position - 1]?.view ?? recording.opening;
        position = Math.min(number, recording.steps.length);
        undone = number < whole.playback.position ? whole.playback.moments.slice(number) : [];
        push({ update: "simulator", view: view(), people: null });
        return view();
      },
      fault: () => notRecorded(),
      nearest: async (delivery) => recording.nearest.get(delivery) ?? null,
      setLanguage: () => notRecorded(),
      setEmail: () => notRecorded(),
      put: () => notRecorded(),
    },
    traffic: trafficInMemory(),
    queue: queueInMemory(),
    cache: cacheInMemory(),
    tunnel: tunnelInMemory(),
    notices: noticesInMemory(),
    connections: connectionsInMemory(),
    conversations: conversationsInMemory(),
    scenarios: scenariosInMemory(),
    windows: windowsInMemory(),
    listenerStatus: async () => listener,
    listenerStart: async () =>
      setListener({
        state: "failed",
        address: null,
        error: "A recording cannot listen. Open the application to receive webhooks.",
      }),
    listenerStop: async () => setListener({ state: "stopped", address: null, error: null }),
    listenerAppSecret: async () => "recorded-app-secret",
    sampleCurl: async () => {
      throw new HostError({
        code: "unavailable",
        message: "There is no listener to post to. Open the application and start its listener.",
      });
    },
    settings: async () => settings,
    saveSettings: async (wanted) => {
      settings = wanted;
    },
    watch(onUpdates) {
      watchers.add(onUpdates);
      return () => {
        watchers.delete(onUpdates);
      };
    },
  };
}

function fromAddress(): RecordingOptions {
  const query = new URLSearchParams(window.location.search);
  const at = Number.parseInt(query.get("at") ?? "0", 10);
  return { at: Number.isFinite(at) ? Math.max(0, at) : 0 };
}
