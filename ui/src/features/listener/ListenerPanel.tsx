import { useEffect, useId, useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { useSession } from "@/features/session/context";
import type { ListenerStatus } from "@/host";
import { HostError } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { count } from "@/shared/number";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import styles from "./Listener.module.css";

/** Everything about the listener: what to paste into Meta's dashboard, and how it does. */
export function ListenerPanel({ status }: { status: ListenerStatus }) {
  const start = useSession((session) => session.startListener);
  const stop = useSession((session) => session.stopListener);
  const host = useSession((session) => session.host);
  const tell = useSession((session) => session.tell);
  const settings = useSession((session) => session.settings);
  const save = useSession((session) => session.saveSettings);
  const busy = useSession((session) => session.busy > 0);
  const [port, setPort] = useState(String(status.port || settings.listenerPort));
  const portId = useId();
  const running = status.state === "running";
  const wanted = readPort(port);
  const free = useFreePort(status);
  const other = free ?? (wanted !== null && wanted < 65535 ? wanted + 1 : null);

  const curl = async () => {
    try {
      return await host.sampleCurl();
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
      return null;
    }
  };

  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>{texts.listener.title}</h2>
        <span className={styles.state} data-state={status.state} data-testid="listener-state">
          {texts.listener.state[status.state]}
        </span>
      </div>
      <p className={styles.hint}>{texts.listener.hint}</p>

      {status.error && (
        <div className={styles.error} role="alert" data-testid="listener-error">
          <Icon name="failed" size={14} />
          <p className="selectable">{status.error}</p>
          {other !== null && wanted !== null && status.error.includes(String(wanted)) && (
            <Button
              disabled={busy}
              data-testid="listener-try"
              onClick={() => {
                setPort(String(other));
                void start(other);
              }}
            >
              {texts.listener.tryPort(other)}
            </Button>
          )}
        </div>
      )}

      <form
        className={styles.port}
        onSubmit={(event) => {
          event.preventDefault();
          if (running) void stop();
          else if (wanted !== null) void start(wanted);
        }}
      >
        <label htmlFor={portId} className={styles.name}>
          {texts.listener.port}
        </label>
        <input
          id={portId}
          className={`${field.input} ${styles.portField}`}
          value={port}
          inputMode="numeric"
          disabled={running}
          aria-invalid={wanted === null}
          data-testid="listener-port"
          onChange={(event) => setPort(event.target.value)}
        />
        <Button
          type="submit"
          look={running ? "plain" : "primary"}
          disabled={busy || (!running && wanted === null)}
          data-testid={running ? "listener-stop" : "listener-start"}
        >
          {running ? texts.listener.stop : texts.listener.start}
        </Button>
      </form>
      {wanted === null && <p className={field.problem}>{texts.listener.portBad}</p>}

      {running && status.address && (
        <div className={styles.fact}>
          <span className={styles.name}>{texts.listener.address}</span>
          <code className="selectable">{status.address}</code>
          <CopyButton small text={status.address} label={texts.listener.copyAddress} />
        </div>
      )}
      <div className={styles.fact}>
        <span className={styles.name}>{texts.listener.verifyToken}</span>
        <code className="selectable">{status.verifyToken}</code>
        <CopyButton small text={status.verifyToken} label={texts.listener.copyToken} />
      </div>
      <AppSecret />

      <dl className={styles.counts}>
        <div>
          <dt>{texts.listener.accepted}</dt>
          <dd data-testid="listener-accepted">{count(status.accepted)}</dd>
        </div>
        <div>
          <dt>{texts.listener.rejected}</dt>
          <dd
            className={status.rejected > 0 ? styles.rejected : undefined}
            data-testid="listener-rejected"
          >
            {count(status.rejected)}
          </dd>
        </div>
      </dl>

      <Switch
        label={texts.listener.autostart}
        on={settings.listenerAutostart}
        onChange={(listenerAutostart) => void save({ listenerAutostart })}
      />
      {!running && <p className={styles.hint}>{texts.listener.notRunning}</p>}
      <div className={styles.foot}>
        <CopyButton
          text={curl}
          label={texts.listener.copyCurl}
          disabled={!running}
          testId="copy-curl"
        />
      </div>
    </div>
  );
}

/** A port that is free, where the one that was wanted is not. */
function useFreePort(status: ListenerStatus): number | null {
  const host = useSession((session) => session.host.connections);
  const [free, setFree] = useState<number | null>(null);
  useEffect(() => {
    let current = true;
    setFree(null);
    if (status.state !== "failed") return;
    host.listener().then(
      ({ freePort }) => current && setFree(freePort),
      // The next port is offered then.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [host, status.state]);
  return free;
}

/** What Meta signs with here; kept out of sight until somebody asks for it. */
function AppSecret() {
  const host = useSession((session) => session.host);
  const tell = useSession((session) => session.tell);
  const [secret, setSecret] = useState<string | null>(null);
  const show = async () => {
    try {
      setSecret(await host.listenerAppSecret());
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
    }
  };
  return (
    <div className={styles.fact}>
      <span className={styles.name}>{texts.listener.appSecret}</span>
      {secret === null ? (
        <>
          <code aria-hidden="true">••••••••••••</code>
          <Button look="quiet" onClick={() => void show()}>
            {texts.listener.showSecret}
          </Button>
        </>
      ) : (
        <>
          <code className="selectable">{secret}</code>
          <CopyButton small text={secret} label={texts.listener.copySecret} />
        </>
      )}
    </div>
  );
}

/** A port that a program without privileges may open. */
export function readPort(text: string): number | null {
  const port = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return port >= 1024 && port <= 65535 ? port : null;
}
