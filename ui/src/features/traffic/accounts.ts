/** The accounts of what is in front by their usernames, for rows that know ids only. */

import { useEffect } from "react";
import { connectionsOf, useConnections } from "@/features/connections/context";
import { useOpened, useSession, useStores } from "@/features/session/context";
import type { SessionStore } from "@/features/session/session";
import type { Account, AccountId, AccountsView } from "@/host";
import { trafficOf } from "./context";

/** Under every id for which webhooks come. */
type Usernames = ReadonlyMap<AccountId, string>;

const usernames = new WeakMap<AccountsView, Usernames>();

function usernamesOf(view: AccountsView): Usernames {
  const known = usernames.get(view);
  if (known) return known;
  const made = new Map<AccountId, string>();
  for (const account of view.accounts) {
    for (const id of [account.id, ...(account.aliases ?? [])]) made.set(id, account.username);
  }
  usernames.set(view, made);
  return made;
}

const hasId = (account: Account, id: AccountId): boolean =>
  account.id === id || (account.aliases ?? []).includes(id);

/** The username behind an id; null where no account of what is in front has it. */
export function useUsername(id: AccountId | null): string | null {
  const listed = useConnections(({ accounts }) =>
    id !== null && accounts ? usernamesOf(accounts).get(id) : undefined,
  );
  // Before they were read, and where that fails, the Simulator's own is known all the same.
  const simulated = useOpened(({ account }) =>
    id !== null && hasId(account, id) ? account.username : undefined,
  );
  return listed ?? simulated ?? null;
}

/** The id under which what is known of an account's contacts is kept: webhooks may name
 * another one of its ids. */
export function ownId(session: SessionStore, id: AccountId): AccountId {
  const { accounts } = connectionsOf(session).getState();
  const { opened } = session.getState();
  const known = [...(accounts?.accounts ?? []), ...(opened ? [opened.account] : [])];
  return known.find((account) => hasId(account, id))?.id ?? id;
}

/** For which profile each window asked last; the offline one has no name. */
const asked = new WeakMap<SessionStore, string>();

/**
 * Has the accounts at hand while somebody looks at the rows: they are asked for once for
 * each profile that comes to the front. What is saved in this window comes by itself. What
 * another one saved is asked for where a row has no name, when somebody comes back to the
 * rows or to the window.
 */
export function useAccountsAtHand() {
  const { session } = useStores();
  const profile = useSession(({ connection }) => connection && (connection.profile ?? ""));
  useEffect(() => {
    if (profile === null) return;
    const onFocus = () => {
      if (hasNameless(session)) void ask(session, profile);
    };
    if (asked.get(session) !== profile) void ask(session, profile);
    else onFocus();
    window.addEventListener("focus", onFocus);
    return () => window.removeEventListener("focus", onFocus);
  }, [session, profile]);
}

async function ask(session: SessionStore, profile: string) {
  const connections = connectionsOf(session);
  const before = connections.getState().accounts;
  asked.set(session, profile);
  try {
    const accounts = await session.getState().host.connections.accounts();
    const isNewest = asked.get(session) === profile && connections.getState().accounts === before;
    if (isNewest) connections.setState({ accounts });
  } catch {
    // The rows keep their ids, and the next look at them asks again.
    if (asked.get(session) === profile) asked.delete(session);
  }
}

/** Whether a row that is listed names an account of which nobody has said who it is. */
function hasNameless(session: SessionStore): boolean {
  const { host, opened } = session.getState();
  const { accounts } = connectionsOf(session).getState();
  const { news, found } = trafficOf(host).getState();
  const known = accounts ? usernamesOf(accounts) : null;
  const isNamed = (id: AccountId) => known?.has(id) || (opened && hasId(opened.account, id));
  return (found?.rows ?? news?.rows ?? []).some(
    ({ accountId }) => accountId !== null && !isNamed(accountId),
  );
}
