import { useEffect } from "react";
import { useSession } from "@/features/session/context";
import type { Account, AccountsView } from "@/host";
import { Button } from "@/shared/Button";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";

/** For whose webhooks what is in front answers. */
export function AccountsSection() {
  const store = useConnectionsStore();
  const view = useConnections((state) => state.accounts);
  const connection = useConnection();
  const workspace = useSession((session) => session.opened?.workspace.name ?? "");
  const t = texts.connections.accounts;

  // Another profile has other accounts.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again for each profile.
  useEffect(() => {
    void store.getState().loadAccounts();
  }, [store, connection?.profile]);

  return (
    <section className={styles.section} aria-labelledby="accounts-title">
      <header className={styles.sectionHead}>
        <h2 id="accounts-title">{t.title}</h2>
        <span className={styles.quiet}>{t.hint(connection?.profile ?? workspace)}</span>
        <span className={styles.spring} />
        <Button
          icon="add"
          data-testid="account-add"
          disabled={!view || view.workspaces.length === 0}
          onClick={() => store.getState().addAccount("")}
        >
          {t.add}
        </Button>
      </header>
      {view && <List view={view} />}
    </section>
  );
}

function List({ view }: { view: AccountsView }) {
  const t = texts.connections.accounts;
  if (view.workspaces.length === 0) {
    return <p className={styles.quiet}>{t.noWorkspace}</p>;
  }
  if (view.accounts.length === 0) {
    return <p className={styles.quiet}>{t.none}</p>;
  }
  const named = new Map(view.workspaces.map(({ id, name }) => [id, name]));
  return (
    <>
      <ul className={styles.accounts} data-testid="accounts">
        {view.accounts.map((account) => (
          <Row
            key={account.id}
            account={account}
            workspace={view.workspaces.length > 1 ? named.get(account.workspaceId) : undefined}
          />
        ))}
      </ul>
      {view.isCut && <p className={styles.quiet}>{t.cut(view.accounts.length)}</p>}
    </>
  );
}

function Row({ account, workspace }: { account: Account; workspace: string | undefined }) {
  const store = useConnectionsStore();
  const t = texts.connections.accounts;
  const others = account.aliases ?? [];
  return (
    <li data-testid={`account-${account.id}`} data-off={account.isActive === false || undefined}>
      <b className="selectable">@{account.username}</b>
      <code className="selectable" title={[account.id, ...others].join("\n")}>
        {account.id}
        {others.length > 0 && ` ${t.others(others.length)}`}
      </code>
      <span className={styles.quiet}>
        {[workspace, account.isActive === false ? t.off : t.on, ...said(account)]
          .filter(Boolean)
          .join(" · ")}
      </span>
      <span className={styles.spring} />
      <Button
        look="quiet"
        aria-label={t.editOf(account.username)}
        data-testid={`account-edit-${account.id}`}
        onClick={() => store.getState().editAccount(account)}
      >
        {t.edit}
      </Button>
    </li>
  );
}

/** What differs from account to account. */
function said({ settings }: Account): string[] {
  const t = texts.connections.accounts;
  const minutes = settings?.silenceAfterHumanMinutes ?? 0;
  const words = settings?.unsubscribeKeywords ?? [];
  return [
    ...(minutes > 0 ? [t.silent(minutes)] : []),
    ...(words.length > 0 ? [t.unsubscribes(words)] : []),
  ];
}
