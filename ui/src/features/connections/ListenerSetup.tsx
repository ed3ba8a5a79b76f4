import { useEffect, useId, useState } from "react";
import { useSession } from "@/features/session/context";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";

/** What the listener before the profile in front checks with, and on which path. */
export function ListenerSetup() {
  const store = useConnectionsStore();
  const connection = useConnection();
  const status = useSession((session) => session.listener?.state);
  const details = useConnections((state) => state.listener);
  const place = useConnections((state) => state.view?.secrets.place ?? "");
  const t = texts.connections.listener;

  // Another profile has other secrets.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again for each profile.
  useEffect(() => {
    void store.getState().loadListener();
  }, [store, connection?.profile, status]);

  if (!details) return null;
  return (
    <div className={styles.setup}>
      <Path path={details.path} />
      <Token keeps={details.keepsToken} place={place} />
      <h3 className={styles.setupTitle}>{t.secrets}</h3>
      <p className={styles.quiet}>{t.secretsHint}</p>
      <ul className={styles.secrets} data-testid="app-secrets">
        <li>
          <Icon name="lock" size={12} />
          <span>{t.ownSecret}</span>
        </li>
        {details.secrets.map(({ name, accounts }) => (
          <li key={name} data-testid={`app-secret-${name}`}>
            <Icon name="lock" size={12} />
            <b>{name}</b>
            <span className={styles.quiet}>
              {accounts.length === 0 ? t.anyAccount : accounts.join(", ")}
            </span>
            <span className={styles.spring} />
            <IconButton
              small
              icon="trash"
              label={t.removeSecret(name)}
              onClick={() => void store.getState().removeSecret(name)}
            />
          </li>
        ))}
      </ul>
      <AddSecret />
    </div>
  );
}

/** The path of the webhook route; it counts with the next start. */
function Path({ path }: { path: string }) {
  const id = useId();
  const settings = useSession((session) => session.settings);
  const save = useSession((session) => session.saveSettings);
  const status = useSession((session) => session.listener);
  const start = useSession((session) => session.startListener);
  const [typed, setTyped] = useState(settings.listenerPath);
  const t = texts.connections.listener;
  const good = /^\/[^\s?#]*$/.test(typed);
  const apply = async () => {
    await save({ listenerPath: typed });
    if (status?.state === "running") await start(status.port);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (good) void apply();
      }}
    >
      <label className={field.label} htmlFor={id}>
        {t.path}
      </label>
      <div className={styles.secret}>
        <input
          id={id}
          className={`${field.input} ${styles.mono}`}
          value={typed}
          spellCheck={false}
          aria-invalid={!good}
          data-testid="listener-path"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" disabled={!good || typed === path} data-testid="listener-path-set">
          {t.setPath}
        </Button>
      </div>
      {!good && <p className={field.problem}>{t.pathBad}</p>}
    </form>
  );
}

/** The verify token: made here, or the one that Meta's dashboard has already. */
function Token({ keeps, place }: { keeps: boolean; place: string }) {
  const store = useConnectionsStore();
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.connections.listener;
  const keep = async () => {
    const refused = await store.getState().setToken(typed ?? "");
    setProblem(refused?.message ?? null);
    if (!refused) setTyped(null);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <div className={styles.token}>
        <span className={styles.quiet}>{keeps ? t.tokenKept(place) : t.tokenFresh}</span>
        <Button
          look="quiet"
          aria-expanded={typed !== null}
          data-testid="listener-own-token"
          onClick={() => setTyped(typed === null ? "" : null)}
        >
          {t.ownToken}
        </Button>
        <Button
          data-testid="listener-new-token"
          title={t.newTokenHint}
          onClick={() => void store.getState().newToken()}
        >
          {t.newToken}
        </Button>
      </div>
      {typed !== null && (
        <>
          <label className={field.label} htmlFor={id}>
            {t.token}
          </label>
          <div className={styles.secret}>
            <input
              id={id}
              className={`${field.input} ${styles.mono}`}
              value={typed}
              spellCheck={false}
              autoComplete="off"
              data-testid="listener-token"
              onChange={(event) => setTyped(event.target.value)}
            />
            <Button type="submit" disabled={typed.trim() === ""} data-testid="listener-token-keep">
              {t.keepToken}
            </Button>
          </div>
          {problem && (
            <p className={field.problem} role="alert" data-testid="listener-token-problem">
              {problem}
            </p>
          )}
        </>
      )}
    </form>
  );
}

function AddSecret() {
  const store = useConnectionsStore();
  const id = useId();
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [accounts, setAccounts] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.connections.listener;
  const add = async () => {
    const ids = accounts
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean);
    const refused = await store.getState().addSecret(name, secret, ids);
    setProblem(refused?.message ?? null);
    if (refused) return;
    setName("");
    setSecret("");
    setAccounts("");
  };
  return (
    <form
      className={styles.addSecret}
      aria-label={t.addSecret}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div>
        <label className={field.label} htmlFor={`${id}-name`}>
          {t.secretName}
        </label>
        <input
          id={`${id}-name`}
          className={field.input}
          value={name}
          data-testid="secret-name"
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <div>
        <label className={field.label} htmlFor={`${id}-secret`}>
          {t.secret}
        </label>
        <input
          id={`${id}-secret`}
          type="password"
          autoComplete="new-password"
          className={field.input}
          value={secret}
          data-testid="secret-value"
          onChange={(event) => setSecret(event.target.value)}
        />
      </div>
      <div>
        <label className={field.label} htmlFor={`${id}-accounts`}>
          {t.accounts}
        </label>
        <input
          id={`${id}-accounts`}
          className={field.input}
          value={accounts}
          placeholder={t.anyAccount}
          data-testid="secret-accounts"
          onChange={(event) => setAccounts(event.target.value)}
        />
      </div>
      <Button type="submit" disabled={name.trim() === "" || secret === ""} data-testid="secret-add">
        {t.add}
      </Button>
      {problem && (
        <p className={field.problem} role="alert" data-testid="secret-problem">
          {problem}
        </p>
      )}
    </form>
  );
}
