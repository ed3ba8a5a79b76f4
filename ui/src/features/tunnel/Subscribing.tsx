import { type ReactNode, useEffect, useId, useState } from "react";
import { useSession } from "@/features/session/context";
import type { ListenerStatus, SubscribedAccount, SubscribedApp } from "@/host";
import { HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { useTunnel } from "./context";
import { pathOf } from "./ForMeta";
import { urlOf } from "./store";
import { Row, TextRow } from "./TextRow";
import styles from "./Tunnel.module.css";

/** Doing through the Graph API what the dashboard's last steps do, where a token allows it. */
export function Subscribing({ listener }: { listener: ListenerStatus }) {
  const [open, setOpen] = useState(false);
  const connection = useSession((session) => session.connection);
  const t = texts.tunnel.subscribing;
  const level = connection?.level ?? "offline";
  const forbidden = level === "observe" || level === "dry_run" ? t.forbidden[level] : null;
  return (
    <details
      className={styles.output}
      data-testid="tunnel-subscribing"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{t.title}</summary>
      {open && (
        <div className={styles.form}>
          <p className={styles.hint}>{level === "offline" ? t.simulated : t.hint}</p>
          {forbidden && (
            <p className={styles.hint} data-testid="tunnel-forbidden">
              <b>{forbidden}</b>
            </p>
          )}
          <Accounts forbidden={forbidden} />
          <App listener={listener} forbidden={forbidden} />
        </div>
      )}
    </details>
  );
}

/** A wish that may be refused: what came of it, and whether it is under way. */
function useWish() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const wish = async (run: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await run();
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
    }
    setBusy(false);
  };
  return { busy, problem, wish };
}

function Problem({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <div className={styles.trouble} role="alert" data-testid="tunnel-subscribe-problem">
      <Icon name="failed" size={14} />
      <p className="selectable">{text}</p>
    </div>
  );
}

/** Each account with what of it the app is told. */
function Accounts({ forbidden }: { forbidden: string | null }) {
  const host = useSession((session) => session.host.tunnel);
  const profile = useSession((session) => session.connection?.profile ?? null);
  const [accounts, setAccounts] = useState<SubscribedAccount[] | null>(null);
  const { busy, problem, wish } = useWish();
  const t = texts.tunnel.subscribing;

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again for another profile.
  useEffect(() => {
    void wish(async () => setAccounts(await host.accounts()));
  }, [host, profile]);

  return (
    <>
      <Problem text={problem} />
      {accounts?.length === 0 && <p className={styles.hint}>{t.noAccounts}</p>}
      <ul className={styles.accounts}>
        {accounts?.map((account) => (
          <li key={account.id} className={styles.row} data-testid="tunnel-account">
            <span className={styles.name} title={account.id}>
              @{account.username}
            </span>
            <span className={styles.grow}>
              {account.problem ??
                (account.fields.length === 0 ? (
                  t.notSubscribed
                ) : (
                  <code className="selectable">{account.fields.join(", ")}</code>
                ))}
            </span>
            <Button
              disabled={busy || forbidden !== null}
              title={forbidden ?? undefined}
              data-testid="tunnel-subscribe-account"
              onClick={() =>
                void wish(async () => setAccounts(await host.subscribeAccount(account.id)))
              }
            >
              {account.fields.length === 0 ? t.subscribe : t.subscribeAgain}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The app itself: where its webhooks go now, and letting them come here. */
function App({ listener, forbidden }: { listener: ListenerStatus; forbidden: string | null }) {
  const host = useSession((session) => session.host.tunnel);
  const url = useTunnel((state) => urlOf(state.news));
  const [appId, setAppId] = useState("");
  const [secret, setSecret] = useState("");
  const [app, setApp] = useState<SubscribedApp | null>(null);
  const [asking, setAsking] = useState(false);
  const { busy, problem, wish } = useWish();
  const secretId = useId();
  const t = texts.tunnel.subscribing;
  const given = appId.trim() !== "" && secret.trim() !== "";
  const callback = url === null ? null : `${url}${pathOf(listener)}`;
  const why = forbidden ?? (callback === null ? t.noAddress : null);
  return (
    <>
      <TextRow
        label={t.appId}
        placeholder={t.appIdHint}
        value={appId}
        disabled={busy}
        numeric
        testId="tunnel-app-id"
        onChange={(text) => {
          setAppId(text);
          setApp(null);
        }}
      />
      <Row label={t.secret} id={secretId}>
        <input
          id={secretId}
          type="password"
          className={`${field.input} ${styles.text}`}
          value={secret}
          placeholder={t.secretHint}
          disabled={busy}
          autoComplete="off"
          data-testid="tunnel-app-secret"
          onChange={(event) => setSecret(event.target.value)}
        />
      </Row>
      <Problem text={problem} />
      {app && <Subscribed app={app} />}
      <div className={styles.buttons}>
        <Button
          disabled={busy || !given}
          data-testid="tunnel-show-app"
          onClick={() => void wish(async () => setApp(await host.app(appId, secret)))}
        >
          {t.show}
        </Button>
        <Button
          disabled={busy || !given || why !== null}
          title={why ?? undefined}
          data-testid="tunnel-subscribe-app"
          onClick={() =>
            void wish(async () => {
              setApp(await host.app(appId, secret));
              setAsking(true);
            })
          }
        >
          {t.subscribeApp}
        </Button>
      </div>
      {asking && app && callback !== null && (
        <Confirm
          app={app}
          callback={callback}
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            void wish(async () => setApp(await host.subscribeApp(appId, secret)));
          }}
        />
      )}
    </>
  );
}

function Subscribed({ app }: { app: SubscribedApp }) {
  const t = texts.tunnel.subscribing;
  return (
    <div className={styles.subscribed} role="status" data-testid="tunnel-app">
      {app.callbackUrl === null ? (
        <p>{t.noCallback}</p>
      ) : (
        <>
          <p>
            {t.postsTo} <code className="selectable">{app.callbackUrl}</code>
          </p>
          <p className={styles.small}>{app.fields.join(", ")}</p>
        </>
      )}
    </div>
  );
}

/** Says in words where all of the app's webhooks will go, and where no more. */
function Confirm({
  app,
  callback,
  onClose,
  onConfirm,
}: {
  app: SubscribedApp;
  callback: string;
  onClose: () => void;
  onConfirm: () => void;
}): ReactNode {
  const t = texts.tunnel.subscribing;
  const instead = app.callbackUrl !== null && app.callbackUrl !== callback;
  return (
    <Dialog
      title={t.confirmTitle(app.appId)}
      onClose={onClose}
      testId="tunnel-confirm"
      buttons={
        <>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button
            look={instead ? "danger" : "primary"}
            data-testid="tunnel-confirm-subscribe"
            onClick={onConfirm}
          >
            {t.confirm}
          </Button>
        </>
      }
    >
      <p>{t.willPostTo(callback)}</p>
      {instead && (
        <p>
          <b>{t.noMore(app.callbackUrl ?? "")}</b>
        </p>
      )}
    </Dialog>
  );
}
