import { CopyButton } from "@/features/session/CopyButton";
import type { Health, ListenerStatus, TunnelStatus } from "@/host";
import { Button } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useTunnel, useTunnelStore } from "./context";
import styles from "./Tunnel.module.css";

/** How the tunnel is, where it leads, and what comes back through it. */
export function Standing({ listener }: { listener: ListenerStatus }) {
  const status = useTunnel(({ news }) => news?.status ?? null);
  const t = texts.tunnel;
  if (!status) return null;
  const { state } = status;
  switch (state.is) {
    case "stopped":
      return null;
    case "starting":
      return (
        <Said icon="clock" tone="waiting" testId="tunnel-says">
          <p>{t.startingOf(nameOf(status))}</p>
        </Said>
      );
    case "reconnecting": {
      const timed = state.at > Date.now() - 1_000;
      return (
        <Said icon="retry" tone="warning" testId="tunnel-says">
          <p title={timed ? hoverTime(state.at) : undefined}>
            {sentence(state.reason)}{" "}
            {timed ? t.tryAt(state.attempt, clockTime(state.at)) : t.triesItself}
          </p>
        </Said>
      );
    }
    case "failed":
      return (
        <Said icon="failed" tone="failed" testId="tunnel-says">
          <p>
            <b>{sentence(state.reason)}</b> {state.advice}
          </p>
        </Said>
      );
    case "up":
      return (
        <div className={styles.up}>
          <div className={styles.row}>
            <span className={styles.name}>{t.publicAddress}</span>
            <code className="selectable" data-testid="tunnel-url" title={hoverTime(state.since)}>
              {state.url}
            </code>
            <CopyButton small text={state.url} label={t.copyAddress} testId="tunnel-copy-url" />
          </div>
          {status.earlierUrl !== null && (
            <Said icon="warning" tone="warning" testId="tunnel-changed">
              <p>
                <b>{t.changed}</b> {t.changedFrom(status.earlierUrl)}
              </p>
            </Said>
          )}
          {!state.url.startsWith("https://") && (
            <Said icon="warning" tone="warning">
              <p>{t.notHttps}</p>
            </Said>
          )}
          <Leading status={status} listener={listener} />
          <Through health={status.health} />
        </div>
      );
  }
}

/** A sentence for people that begins like one and ends like one. */
function sentence(reason: string): string {
  const ended = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return ended;
}

/** The program of a tunnel, by its command line. */
export function nameOf(status: TunnelStatus): string {
  const program = status.command?.split(" ")[0]?.replaceAll("'", "") ?? "";
  return program.split("/").at(-1) ?? program;
}

/** Whether the listener is still where the tunnel leads. */
function Leading({ status, listener }: { status: TunnelStatus; listener: ListenerStatus }) {
  const store = useTunnelStore();
  const busy = useTunnel((state) => state.busy);
  const t = texts.tunnel;
  if (listener.state !== "running") {
    return (
      <Said icon="warning" tone="warning" testId="tunnel-leads">
        <p>{t.listenerStopped}</p>
      </Said>
    );
  }
  if (listener.port === status.port) return null;
  return (
    <Said icon="warning" tone="warning" testId="tunnel-leads">
      <p>{t.leadsElsewhere(status.port, listener.port)}</p>
      <Button disabled={busy} onClick={() => void store.getState().start()}>
        {t.startAgain}
      </Button>
    </Said>
  );
}

/** What the listener answered at the public address, when it was asked last. */
function Through({ health }: { health: Health | null }) {
  const store = useTunnelStore();
  const t = texts.tunnel;
  const tone = health === null ? "waiting" : health.problem === null ? "good" : "failed";
  const icon = health === null ? "clock" : health.problem === null ? "check" : "failed";
  return (
    <Said icon={icon} tone={tone} testId="tunnel-health">
      <div className={styles.said}>
        {health === null ? (
          <p>{t.notAsked}</p>
        ) : (
          <>
            <p>
              {health.problem === null ? health.says : <b>{health.says}</b>} {health.advice}
            </p>
            <p className={styles.small}>
              <span title={hoverTime(health.at)}>
                {t.asked(health.millis, clockTime(health.at))}
              </span>
              {health.problem !== null && (
                <span title={hoverTime(health.since)}>, {t.since(clockTime(health.since))}</span>
              )}
            </p>
          </>
        )}
      </div>
      <Button data-testid="tunnel-look" onClick={() => void store.getState().look()}>
        {t.askAgain}
      </Button>
    </Said>
  );
}

type Tone = "good" | "waiting" | "warning" | "failed";

/** A sentence with its meaning beside it. */
export function Said({
  icon,
  tone,
  testId,
  children,
}: {
  icon: IconName;
  tone: Tone;
  testId?: string;
  children: React.ReactNode;
}) {
  return (
    <div className={styles.says} data-tone={tone} role="status" data-testid={testId}>
      <Icon name={icon} size={14} />
      {children}
    </div>
  );
}
