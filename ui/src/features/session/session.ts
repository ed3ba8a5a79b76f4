/**
 * What the window knows: one normalised store. Snapshots and pushed updates are patched
 * into it so that unchanged parts keep their identity; commands go to the host and their
 * answers come in the same way.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type {
  Account,
  Action,
  Automation,
  AutomationId,
  Awaiting,
  ConnectionStatus,
  ContactId,
  Fault,
  Figures,
  FrontFigures,
  Host,
  Library,
  ListenerStatus,
  Media,
  MediaId,
  Person,
  Playback,
  Settings,
  SimulatorView,
  WindowUpdate,
  Workspace,
} from "@/host";
import { DEFAULT_SETTINGS, HostError } from "@/host";
import { keepUnchanged } from "@/shared/structure";

/** The simulator's data, by id, with the order beside it. */
export interface Opened {
  workspace: Workspace;
  account: Account;
  now: number;
  people: Readonly<Record<ContactId, Person>>;
  peopleOrder: readonly ContactId[];
  media: Readonly<Record<MediaId, Media>>;
  mediaOrder: readonly MediaId[];
  automations: Readonly<Record<AutomationId, Automation>>;
  automationOrder: readonly AutomationId[];
  figures: Figures;
  playback: Playback;
}

/** Something to tell the operator, until it is dismissed or the next command works. */
export interface Notice {
  kind: "failed" | "warning" | "note";
  text: string;
  /** What can be done about it, such as undoing it. */
  action?: { label: string; run: () => void };
}

export interface Session {
  host: Host;
  opened: Opened | null;
  /** All automations at a glance. */
  library: Library | null;
  /** Why it did not open. */
  failure: HostError | null;
  listener: ListenerStatus | null;
  /** Which profile is in front, and what is allowed there. */
  connection: ConnectionStatus | null;
  /** What that profile has done, and whose figures these are; null for the offline one. */
  front: FrontFigures | null;
  settings: Settings;
  notice: Notice | null;
  /** How many commands are under way. */
  busy: number;

  open(): Promise<void>;
  /** Begins to listen to the host; the returned function ends it. */
  watch(): () => void;
  act(action: Action): Promise<boolean>;
  letPass(millis: number): Promise<boolean>;
  /** The language is a BCP 47 tag; null: none is known. */
  addPerson(name: string, follows: boolean, language: string | null): Promise<ContactId | null>;
  setLanguage(person: ContactId, language: string | null): Promise<boolean>;
  setFollows(person: ContactId, follows: boolean): Promise<boolean>;
  setUnsubscribed(person: ContactId, unsubscribed: boolean): Promise<boolean>;
  setEmail(person: ContactId, email: string | null): Promise<boolean>;
  /** Puts a person where they stand; null: nothing is awaited of them. */
  put(person: ContactId, standing: [AutomationId, Awaiting] | null): Promise<boolean>;
  /** Lets the clock run so many times faster than the world; 0: it stands still. */
  run(speed: number): Promise<boolean>;
  passUntil(at: number): Promise<boolean>;
  /** To the end of a moment, back or forward; 0 is the start. */
  goTo(moment: number): Promise<boolean>;
  fault(fault: Fault): Promise<boolean>;
  reset(): Promise<boolean>;
  startListener(port: number): Promise<void>;
  stopListener(): Promise<void>;
  /** Opens a profile and puts it in front. */
  connect(name: string): Promise<boolean>;
  /** Puts the offline profile in front again. */
  disconnect(): Promise<void>;
  saveSettings(change: Partial<Settings>): Promise<void>;
  tell(notice: Notice | null): void;
}

export type SessionStore = StoreApi<Session>;

export function createSession(host: Host): SessionStore {
  return createStore<Session>()((set, get) => {
    const takeView = (view: SimulatorView) =>
      set((session) => ({
        opened: keepUnchanged(session.opened, normalised(view, session.opened)),
        failure: null,
      }));

    const complain = (thrown: unknown) => set({ notice: noticeOf(HostError.from(thrown)) });

    async function command<T>(run: () => Promise<T>, take: (answer: T) => void): Promise<boolean> {
      set((session) => ({ busy: session.busy + 1, notice: null }));
      try {
        take(await run());
        return true;
      } catch (thrown) {
        complain(thrown);
        return false;
      } finally {
        set((session) => ({ busy: session.busy - 1 }));
      }
    }

    return {
      host,
      opened: null,
      library: null,
      failure: null,
      listener: null,
      connection: null,
      front: null,
      settings: DEFAULT_SETTINGS,
      notice: null,
      busy: 0,

      async open() {
        set({ failure: null });
        // The theme comes first: it is there before anything is drawn in the wrong one.
        await host.settings().then(
          (settings) => set({ settings }),
          (thrown: unknown) => complain(thrown),
        );
        // What was told meanwhile is newer than these answers, and is not told again.
        await Promise.all([
          host.simulatorView().then(
            (view) => {
              if (!get().opened) takeView(view);
            },
            (thrown: unknown) => set({ failure: HostError.from(thrown) }),
          ),
          host.builder.library().then(
            (library) => {
              set((session) => ({ library: session.library ?? library }));
              const note = library.notes[0];
              if (note) set({ notice: { kind: "warning", text: note } });
            },
            // Why it does not open is said once, by the view.
            () => undefined,
          ),
          host.listenerStatus().then(
            (listener) => set((session) => ({ listener: session.listener ?? listener })),
            (thrown: unknown) => complain(thrown),
          ),
          host.connections.status().then(
            (connection) => set((session) => ({ connection: session.connection ?? connection })),
            (thrown: unknown) => complain(thrown),
          ),
        ]);
      },

      watch: () =>
        host.watch((updates) => {
          set((session) => updates.reduce(patched, session));
        }, complain),

      act: (action) => command(() => host.act(action), takeView),
      letPass: (millis) => command(() => host.letPass(millis), takeView),
      async addPerson(name, follows, language) {
        const before = new Set(get().opened?.peopleOrder);
        const added = await command(() => host.addPerson(name, follows, language), takeView);
        if (!added) return null;
        return get().opened?.peopleOrder.findLast((id) => !before.has(id)) ?? null;
      },
      setLanguage: (person, language) =>
        command(() => host.playback.setLanguage(person, language), takeView),
      setFollows: (person, follows) => command(() => host.setFollows(person, follows), takeView),
      setUnsubscribed: (person, unsubscribed) =>
        command(() => host.setUnsubscribed(person, unsubscribed), takeView),
      setEmail: (person, email) => command(() => host.playback.setEmail(person, email), takeView),
      put: (person, standing) => command(() => host.playback.put(person, standing), takeView),
      run: (speed) => command(() => host.playback.run(speed), takeView),
      passUntil: (at) => command(() => host.playback.passUntil(at), takeView),
      goTo: (moment) => command(() => host.playback.goTo(moment), takeView),
      fault: (fault) => command(() => host.playback.fault(fault), takeView),
      reset: () => command(() => host.reset(), takeView),

      async startListener(port) {
        await command(
          () => host.listenerStart(port),
          (listener) => set({ listener }),
        );
        if (get().listener?.state === "running" && get().settings.listenerPort !== port) {
          await get().saveSettings({ listenerPort: port });
        }
      },
      async stopListener() {
        await command(
          () => host.listenerStop(),
          (listener) => set({ listener }),
        );
      },
      connect: (name) =>
        command(
          () => host.connections.connect(name),
          (connection) => set({ connection }),
        ),
      async disconnect() {
        await command(
          () => host.connections.disconnect(),
          (connection) => set({ connection }),
        );
      },
      async saveSettings(change) {
        const settings = { ...get().settings, ...change };
        set({ settings });
        await host.saveSettings(settings).catch(complain);
      },
      tell: (notice) => set({ notice }),
    };
  });
}

/** The session after one pushed update. */
export function patched(session: Session, update: WindowUpdate): Session {
  switch (update.update) {
    case "simulator":
      return {
        ...session,
        failure: null,
        opened: keepUnchanged(session.opened, normalised(update.view, session.opened)),
      };
    case "figures":
      return session.opened
        ? {
            ...session,
            opened: {
              ...session.opened,
              figures: keepUnchanged(session.opened.figures, update.figures),
            },
          }
        : session;
    case "clock":
      return session.opened
        ? {
            ...session,
            opened: {
              ...session.opened,
              now: update.now,
              playback: keepUnchanged(session.opened.playback, update.playback),
            },
          }
        : session;
    case "library":
      return { ...session, library: keepUnchanged(session.library, update.library) };
    case "listener":
      return { ...session, listener: update.status };
    case "connection":
      return { ...session, connection: update.status };
    case "settings": {
      const settings = { ...DEFAULT_SETTINGS, ...update.settings };
      return { ...session, settings: keepUnchanged(session.settings, settings) };
    }
    case "front":
      return { ...session, front: keepUnchanged(session.front, update.figures ?? null) };
  }
}

/**
 * A snapshot by id, with the order beside it. Automations that it leaves out are as they
 * were before.
 */
export function normalised(view: SimulatorView, before: Opened | null = null): Opened {
  const automations = view.automations ?? null;
  return {
    workspace: view.workspace,
    account: view.account,
    now: view.now,
    people: Object.fromEntries(view.people.map((person) => [person.id, person])),
    peopleOrder: view.people.map((person) => person.id),
    media: Object.fromEntries(view.media.map((media) => [media.id, media])),
    mediaOrder: view.media.map((media) => media.id),
    automations: automations
      ? Object.fromEntries(automations.map((each) => [each.id, each]))
      : (before?.automations ?? {}),
    automationOrder: automations
      ? automations.map((each) => each.id)
      : (before?.automationOrder ?? []),
    figures: view.figures,
    playback: view.playback,
  };
}

export function noticeOf(error: HostError): Notice {
  switch (error.code) {
    case "invalid":
    case "conflict":
    case "not_found":
    case "unavailable":
      return { kind: "warning", text: error.message };
    case "internal":
      return { kind: "failed", text: error.message };
  }
}
