import { useId } from "react";
import type { ListenerStatus, TunnelKind } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { useTunnel, useTunnelStore } from "./context";
import { SshFields } from "./SshFields";
import { Row, TextRow } from "./TextRow";
import styles from "./Tunnel.module.css";

const KINDS: readonly TunnelKind[] = [
  "cloudflared_quick",
  "cloudflared_named",
  "ngrok",
  "ssh",
  "command",
  "own_url",
];

/** The program that a kind needs; null: none, or one that the person names. */
const PROGRAM: Record<TunnelKind, string | null> = {
  cloudflared_quick: "cloudflared",
  cloudflared_named: "cloudflared",
  ngrok: "ngrok",
  ssh: "ssh",
  command: null,
  own_url: null,
};

/** Which kind, its options, and the buttons that start and stop it. */
export function TunnelForm({ listener }: { listener: ListenerStatus }) {
  const store = useTunnelStore();
  const settings = useTunnel((state) => state.settings);
  const busy = useTunnel((state) => state.busy);
  const problem = useTunnel((state) => state.problem);
  const is = useTunnel(({ news }) => news?.status.state.is ?? "stopped");
  const isMissing = useTunnel(({ settings: chosen, programs }) => {
    const name = chosen && PROGRAM[chosen.kind];
    return programs?.some((each) => each.name === name && each.path === null) ?? false;
  });
  const kindId = useId();
  const t = texts.tunnel;
  if (!settings) return null;
  const running = is !== "stopped" && is !== "failed";
  const reachable = listener.state === "running";
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (running) void store.getState().stop();
        else if (reachable && !isMissing) void store.getState().start();
      }}
    >
      <Row label={t.kind} id={kindId}>
        <select
          id={kindId}
          className={field.select}
          value={settings.kind}
          disabled={running}
          data-testid="tunnel-kind"
          onChange={(event) => {
            const kind = KINDS.find((each) => each === event.target.value);
            if (kind) store.getState().change({ kind });
          }}
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t.kinds[kind]}
            </option>
          ))}
        </select>
      </Row>
      <p className={styles.hint}>{t.hints[settings.kind]}</p>
      <Installed kind={settings.kind} />
      <Options kind={settings.kind} disabled={running} />
      {problem && (
        <div className={styles.trouble} role="alert" data-testid="tunnel-problem">
          <Icon name="failed" size={14} />
          <p className="selectable">{problem.message}</p>
        </div>
      )}
      <div className={styles.buttons}>
        {!running && !reachable && <span className={styles.hint}>{t.startListenerFirst}</span>}
        <Button
          type="submit"
          look={running ? "plain" : "primary"}
          disabled={busy || (!running && (!reachable || isMissing))}
          data-testid={running ? "tunnel-stop" : "tunnel-start"}
        >
          {running ? t.stop : t.start}
        </Button>
      </div>
    </form>
  );
}

/** Whether the kind's program is on this machine, and how to get it. */
function Installed({ kind }: { kind: TunnelKind }) {
  const store = useTunnelStore();
  const name = PROGRAM[kind];
  const program = useTunnel(({ programs }) => programs?.find((each) => each.name === name) ?? null);
  const t = texts.tunnel;
  if (!program) return null;
  if (program.path !== null) {
    return (
      <p className={styles.installed} title={program.path} data-testid="tunnel-program">
        <Icon name="check" size={14} />
        {t.installed(program.name, program.version)}
      </p>
    );
  }
  return (
    <div className={styles.missing} data-testid="tunnel-program">
      <Icon name="warning" size={14} />
      <p>
        <b>{t.missing(program.name)}</b> {program.advice}
      </p>
      <Button icon="retry" onClick={() => void store.getState().lookForPrograms()}>
        {t.lookAgain}
      </Button>
    </div>
  );
}

function Options({ kind, disabled }: { kind: TunnelKind; disabled: boolean }) {
  const store = useTunnelStore();
  const settings = useTunnel((state) => state.settings);
  const { fields, placeholders, commandHint } = texts.tunnel;
  if (!settings) return null;
  const { change } = store.getState();
  switch (kind) {
    case "cloudflared_quick":
      return null;
    case "cloudflared_named":
      return (
        <>
          <TextRow
            label={fields.cloudflaredName}
            placeholder={placeholders.cloudflaredName}
            value={settings.cloudflaredName}
            disabled={disabled}
            testId="tunnel-name"
            onChange={(cloudflaredName) => change({ cloudflaredName })}
          />
          <TextRow
            label={fields.cloudflaredHostname}
            placeholder={placeholders.cloudflaredHostname}
            value={settings.cloudflaredHostname}
            disabled={disabled}
            testId="tunnel-hostname"
            onChange={(cloudflaredHostname) => change({ cloudflaredHostname })}
          />
        </>
      );
    case "ngrok":
      return (
        <TextRow
          label={fields.ngrokDomain}
          placeholder={placeholders.ngrokDomain}
          value={settings.ngrokDomain}
          disabled={disabled}
          testId="tunnel-domain"
          onChange={(ngrokDomain) => change({ ngrokDomain })}
        />
      );
    case "ssh":
      return <SshFields disabled={disabled} />;
    case "command":
      return (
        <>
          <TextRow
            label={fields.command}
            placeholder={placeholders.command}
            value={settings.command}
            disabled={disabled}
            testId="tunnel-command"
            onChange={(command) => change({ command })}
          />
          <p className={styles.hint}>{commandHint}</p>
        </>
      );
    case "own_url":
      return (
        <TextRow
          label={fields.ownUrl}
          placeholder={placeholders.ownUrl}
          value={settings.ownUrl}
          disabled={disabled}
          testId="tunnel-own-url"
          onChange={(ownUrl) => change({ ownUrl })}
        />
      );
  }
}
