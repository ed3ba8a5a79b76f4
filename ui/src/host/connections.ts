/** What Connections needs from the outside: the profiles, what is in front, the audit log. */

import type {
  Account,
  AccountsView,
  AuditPart,
  AuditSearch,
  CheckReport,
  ConnectionStatus,
  ConnectionsView,
  EnvReading,
  FoundAutomation,
  IndexesMade,
  ListenerDetails,
  MetricsTest,
  ProfileDraft,
  ShownCheck,
} from "./bindings";

export interface ConnectionsHost {
  list(): Promise<ConnectionsView>;
  /** A profile as it is edited; a blank one where none is named. */
  draft(name: string | null): Promise<ProfileDraft>;
  /** Saves a new one, or instead of the one of that name. */
  save(draft: ProfileDraft, instead: string | null): Promise<ConnectionsView>;
  /** Answers with the name of the copy. */
  duplicate(name: string): Promise<string>;
  remove(name: string): Promise<ConnectionsView>;
  /** Puts back the one that was removed last. */
  putBack(): Promise<ConnectionsView>;
  /** Looks at everything that a profile names; tells what was found so far. */
  check(
    name: string,
    online: boolean,
    onSoFar: (checks: ShownCheck[]) => void,
  ): Promise<CheckReport>;
  /** Says what is at an address of a worker's metrics, or what is wrong. */
  testMetrics(address: string): Promise<MetricsTest>;
  /** Creates the indexes that are missing in the documents of the profile in front. */
  createIndexes(name: string): Promise<IndexesMade>;
  /** Forgets what was seen of profiles that keep no journal, and deletes what is kept of it. */
  forgetSeen(): Promise<void>;

  status(): Promise<ConnectionStatus>;
  connect(name: string): Promise<ConnectionStatus>;
  disconnect(): Promise<ConnectionStatus>;
  /** The name is the profile's, as somebody typed it; minutes may be a part of one. */
  arm(name: string, minutes: number): Promise<ConnectionStatus>;
  disarm(): Promise<ConnectionStatus>;
  letWork(on: boolean): Promise<ConnectionStatus>;

  /** What a `.env` file would become; nothing is stored. */
  readEnv(text: string): Promise<EnvReading>;
  importEnv(text: string, name: string): Promise<ProfileDraft>;

  /** What the listener before the profile in front is set up with. */
  listener(): Promise<ListenerDetails>;
  /** The accounts that it may sign for; none for all. */
  addSecret(name: string, secret: string, accounts: string[]): Promise<ListenerDetails>;
  removeSecret(name: string): Promise<ListenerDetails>;
  /**
   * Puts the app secret back that was removed last from the listener before a profile, `null`
   * for the offline one, whichever is in front now; it is held for some minutes.
   */
  putBackSecret(profile: string | null): Promise<ListenerDetails>;
  newToken(): Promise<ListenerDetails>;
  /** Keeps the one that Meta’s dashboard has already. */
  setToken(token: string): Promise<ListenerDetails>;

  /** The accounts of what is in front. */
  accounts(): Promise<AccountsView>;
  /** Saves a new one, or instead of the one with its id. */
  saveAccount(account: Account, isNew: boolean): Promise<AccountsView>;

  /** The first automations of the connected profile that have every word in their name, a
   * keyword or their id; none offline, where the library is known. */
  findAutomations(text: string): Promise<FoundAutomation[]>;

  /** A page of the lines of a part of the audit log in which every word stands, the newest
   * first: the newest, or those before the one with this id. */
  audit(part: AuditPart, text: string, before: string | null): Promise<AuditSearch>;
  /** Writes the lines in which every word stands; answers with where the file is. */
  exportAudit(part: AuditPart, text: string): Promise<string>;
}
