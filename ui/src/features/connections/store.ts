/** What the screen Connections knows: the profiles, what is being tested, what is edited. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { SessionStore } from "@/features/session/session";
import type {
  Account,
  AccountsView,
  AuditPart,
  AuditSearch,
  CheckReport,
  ConnectionsView,
  EnvReading,
  ListenerDetails,
  ProfileDraft,
  ShownCheck,
} from "@/host";
import { HostError } from "@/host";
import { texts } from "@/texts";

/** What stands in front of the screen. */
export type Front =
  | { shows: "nothing" }
  | { shows: "editor"; draft: ProfileDraft; instead: string | null }
  | { shows: "import" }
  | { shows: "indexes"; name: string }
  /** Asks whether what was seen is to be forgotten, and whether no more is to be kept. */
  | { shows: "forget"; keepsOn: boolean }
  | { shows: "account"; account: Account; isNew: boolean };

export interface ConnectionsState {
  view: ConnectionsView | null;
  front: Front;
  /** Tests under way, with what was found so far. */
  testing: Readonly<Record<string, readonly ShownCheck[]>>;
  /** The profile of which it is asked whether to arm live. */
  arming: string | null;
  /** Why a profile could not be connected, where it was tested since. */
  outdated: Readonly<Record<string, string>>;
  /** What the listener before the profile in front is set up with. */
  listener: ListenerDetails | null;
  /** The accounts of what is in front. */
  accounts: AccountsView | null;
  audit: AuditSearch | null;
  /** Which part of the audit log is shown. */
  auditPart: AuditPart;
  /** What the audit log is searched for. */
  auditText: string;
  /** The last lines of the pages before the one that is shown; none: it is the newest. */
  auditPages: readonly string[];

  load(): Promise<void>;
  /** Reads the profiles for somebody who does without them where they cannot be read. */
  glance(): Promise<void>;
  create(): Promise<void>;
  edit(name: string): Promise<void>;
  startImport(): void;
  /** Asks whether the missing indexes of a profile are to be created. */
  askIndexes(name: string): void;
  /** Creates them, and tests the profile again; answers with why not. */
  createIndexes(name: string): Promise<HostError | null>;
  askForget(keepsOn: boolean): void;
  /** Forgets what was seen; answers with why not. */
  forgetSeen(): Promise<HostError | null>;
  close(): void;
  /** Saves what is edited; answers with why not. */
  save(draft: ProfileDraft, instead: string | null): Promise<HostError | null>;
  duplicate(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  test(name: string, online: boolean): Promise<CheckReport | null>;
  connect(name: string): Promise<boolean>;
  disconnect(): Promise<void>;
  /** Asks whether to arm live on the profile; null: not any more. */
  askArm(name: string | null): void;
  /** Answers with why not. */
  arm(name: string, minutes: number): Promise<HostError | null>;
  disarm(): Promise<void>;
  letWork(on: boolean): Promise<void>;
  readEnv(text: string): Promise<EnvReading | HostError>;
  importEnv(text: string, name: string): Promise<HostError | null>;
  loadListener(): Promise<void>;
  /** Answers with why not. */
  addSecret(name: string, secret: string, accounts: string[]): Promise<HostError | null>;
  removeSecret(name: string): Promise<void>;
  newToken(): Promise<void>;
  /** Answers with why not. */
  setToken(token: string): Promise<HostError | null>;
  loadAccounts(): Promise<void>;
  /** Asks for a new one, under the id where one is known already. */
  addAccount(id: string): void;
  editAccount(account: Account): void;
  /** Answers with why not. */
  saveAccount(account: Account, isNew: boolean): Promise<HostError | null>;
  /** Looks for lines: on the page that is shown, or behind the last lines of these pages. */
  searchAudit(text: string, pages?: readonly string[]): Promise<void>;
  turnAudit(to: "newer" | "older"): Promise<void>;
  /** Shows a part of it, from its newest line on. */
  showAudit(part: AuditPart): Promise<void>;
  /** Writes the lines that have these words, of the part that is shown. */
  exportAudit(text: string): Promise<void>;
}

export type ConnectionsStore = StoreApi<ConnectionsState>;

export function createConnections(session: SessionStore): ConnectionsStore {
  const host = session.getState().host.connections;
  const complain = (thrown: unknown) => {
    session.getState().tell({ kind: "warning", text: HostError.from(thrown).message });
  };
  return createStore<ConnectionsState>()((set, get) => ({
    view: null,
    front: { shows: "nothing" },
    testing: {},
    arming: null,
    outdated: {},
    listener: null,
    accounts: null,
    audit: null,
    auditPart: "all",
    auditText: "",
    auditPages: [],

    async load() {
      try {
        const view = await host.list();
        set({ view });
        if (view.notice) session.getState().tell({ kind: "warning", text: view.notice });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async glance() {
      await host.list().then(
        (view) => set({ view }),
        () => undefined,
      );
    },
    async create() {
      try {
        set({ front: { shows: "editor", draft: await host.draft(null), instead: null } });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async edit(name) {
      try {
        set({ front: { shows: "editor", draft: await host.draft(name), instead: name } });
      } catch (thrown) {
        complain(thrown);
      }
    },
    askIndexes: (name) => set({ front: { shows: "indexes", name } }),
    async createIndexes(name) {
      try {
        const { created, refused } = await host.createIndexes(name);
        const t = texts.connections.indexes;
        session
          .getState()
          .tell(
            refused.length > 0
              ? { kind: "warning", text: t.refused(created.length, refused.join("; ")) }
              : { kind: "note", text: t.done(created.length) },
          );
        set({ front: { shows: "nothing" } });
        void get().test(name, false);
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    askForget: (keepsOn) => set({ front: { shows: "forget", keepsOn } }),
    async forgetSeen() {
      try {
        await host.forgetSeen();
        session.getState().tell({ kind: "note", text: texts.connections.seen.forgotten });
        set({ front: { shows: "nothing" } });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    startImport: () => set({ front: { shows: "import" } }),
    close: () => set({ front: { shows: "nothing" } }),
    async save(draft, instead) {
      try {
        const view = await host.save(draft, instead);
        set({ view, front: { shows: "nothing" } });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async duplicate(name) {
      try {
        const copy = await host.duplicate(name);
        await get().load();
        await get().edit(copy);
      } catch (thrown) {
        complain(thrown);
      }
    },
    async remove(name) {
      try {
        set({ view: await host.remove(name) });
        session.getState().tell({
          kind: "note",
          text: texts.connections.removed(name),
          action: {
            label: texts.connections.undo,
            run: () => {
              session.getState().tell(null);
              host.putBack().then((view) => set({ view }), complain);
            },
          },
        });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async test(name, online) {
      if (get().testing[name]) return null;
      const told = (checks: readonly ShownCheck[]) =>
        set(({ testing }) => ({ testing: { ...testing, [name]: checks } }));
      told([]);
      try {
        const report = await host.check(name, online, (checks) => {
          if (get().testing[name]) told(checks);
        });
        const failure = session.getState().connection?.failure;
        set(({ view, outdated }) => ({
          outdated: failure?.profile === name ? { ...outdated, [name]: failure.message } : outdated,
          view: view && {
            ...view,
            profiles: view.profiles.map((card) =>
              card.name === name ? { ...card, report } : card,
            ),
          },
        }));
        return report;
      } catch (thrown) {
        complain(thrown);
        return null;
      } finally {
        set(({ testing }) => {
          const { [name]: _ended, ...rest } = testing;
          return { testing: rest };
        });
      }
    },
    connect(name) {
      set(({ outdated: { [name]: _tried, ...rest } }) => ({ outdated: rest }));
      return session.getState().connect(name);
    },
    disconnect: () => session.getState().disconnect(),
    askArm: (arming) => set({ arming }),
    async arm(name, minutes) {
      try {
        session.setState({ connection: await host.arm(name, minutes), notice: null });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async disarm() {
      const name = session.getState().connection?.profile ?? "";
      try {
        session.setState({ connection: await host.disarm() });
        session.getState().tell({ kind: "note", text: texts.connections.strip.disarmed(name) });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async letWork(on) {
      try {
        session.setState({ connection: await host.letWork(on) });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async readEnv(text) {
      try {
        return await host.readEnv(text);
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async importEnv(text, name) {
      try {
        await host.importEnv(text, name);
        set({ front: { shows: "nothing" } });
        await get().load();
        session.getState().tell({ kind: "note", text: texts.connections.env.made(name) });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async loadListener() {
      await host.listener().then((listener) => set({ listener }), complain);
    },
    async addSecret(name, secret, accounts) {
      try {
        set({ listener: await host.addSecret(name, secret, accounts) });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async removeSecret(name) {
      const profile = session.getState().connection?.profile ?? null;
      try {
        set({ listener: await host.removeSecret(name) });
        const t = texts.connections;
        session.getState().tell({
          kind: "note",
          text: t.listener.removedSecret(name),
          action: {
            label: t.undo,
            run: () => {
              session.getState().tell(null);
              host.putBackSecret(profile).then((listener) => set({ listener }), complain);
            },
          },
        });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async newToken() {
      await host.newToken().then((listener) => set({ listener }), complain);
    },
    async loadAccounts() {
      await host.accounts().then((accounts) => set({ accounts }), complain);
    },
    addAccount(id) {
      const workspaceId = get().accounts?.workspaces[0]?.id ?? "";
      const account = { id, workspaceId, username: "" };
      set({ front: { shows: "account", account, isNew: true } });
    },
    editAccount: (account) => set({ front: { shows: "account", account, isNew: false } }),
    async saveAccount(account, isNew) {
      try {
        set({ accounts: await host.saveAccount(account, isNew), front: { shows: "nothing" } });
        session
          .getState()
          .tell({ kind: "note", text: texts.connections.accounts.saved(account.username) });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async setToken(token) {
      try {
        set({ listener: await host.setToken(token) });
        return null;
      } catch (thrown) {
        return HostError.from(thrown);
      }
    },
    async searchAudit(text, pages) {
      const before = get();
      const auditPages = pages ?? (text === before.auditText ? before.auditPages : []);
      set({ auditText: text, auditPages });
      try {
        const audit = await host.audit(before.auditPart, text, auditPages.at(-1) ?? null);
        const now = get();
        // A later question may have been answered already.
        const isAsked = now.auditText === text && now.auditPart === before.auditPart;
        if (isAsked && now.auditPages === auditPages) set({ audit });
      } catch (thrown) {
        complain(thrown);
      }
    },
    async turnAudit(to) {
      const { audit, auditText, auditPages, searchAudit } = get();
      const last = audit?.entries.at(-1);
      if (to === "newer") await searchAudit(auditText, auditPages.slice(0, -1));
      else if (last) await searchAudit(auditText, [...auditPages, last.id]);
    },
    async showAudit(part) {
      set({ auditPart: part });
      await get().searchAudit(get().auditText, []);
    },
    async exportAudit(text) {
      try {
        const path = await host.exportAudit(get().auditPart, text);
        session.getState().tell({ kind: "note", text: texts.connections.audit.exported(path) });
      } catch (thrown) {
        complain(thrown);
      }
    },
  }));
}
