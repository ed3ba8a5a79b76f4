import { useState } from "react";
import { Icon } from "@/shared/Icon";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { useTunnel, useTunnelStore } from "./context";
import { TextRow } from "./TextRow";
import styles from "./Tunnel.module.css";

/** The options of `ssh -R`: first what everybody needs. */
export function SshFields({ disabled }: { disabled: boolean }) {
  const store = useTunnelStore();
  const ssh = useTunnel((state) => state.settings?.ssh ?? null);
  const [more, setMore] = useState(false);
  const t = texts.tunnel;
  if (!ssh) return null;
  const { changeSsh } = store.getState();
  const all = more || ssh.identity !== "" || ssh.options !== "" || ssh.port !== 0;
  return (
    <>
      <TextRow
        label={t.fields.host}
        placeholder={t.placeholders.host}
        value={ssh.host}
        disabled={disabled}
        testId="tunnel-ssh-host"
        onChange={(host) => changeSsh({ host })}
      />
      <TextRow
        label={t.fields.remotePort}
        placeholder={t.placeholders.remotePort}
        value={ssh.remotePort === 0 ? "" : String(ssh.remotePort)}
        disabled={disabled}
        numeric
        testId="tunnel-ssh-remote-port"
        onChange={(text) => changeSsh({ remotePort: portOf(text) })}
      />
      <TextRow
        label={t.fields.url}
        placeholder={t.placeholders.url}
        value={ssh.url}
        disabled={disabled}
        testId="tunnel-ssh-url"
        onChange={(url) => changeSsh({ url })}
      />
      {all ? (
        <>
          <TextRow
            label={t.fields.sshPort}
            placeholder={t.placeholders.sshPort}
            value={ssh.port === 0 ? "" : String(ssh.port)}
            disabled={disabled}
            numeric
            testId="tunnel-ssh-port"
            onChange={(text) => changeSsh({ port: portOf(text) })}
          />
          <TextRow
            label={t.fields.identity}
            placeholder={t.placeholders.identity}
            value={ssh.identity}
            disabled={disabled}
            testId="tunnel-ssh-identity"
            onChange={(identity) => changeSsh({ identity })}
          />
          <TextRow
            label={t.fields.options}
            placeholder={t.placeholders.options}
            value={ssh.options}
            disabled={disabled}
            testId="tunnel-ssh-options"
            onChange={(options) => changeSsh({ options })}
          />
        </>
      ) : (
        <button
          type="button"
          className={styles.more}
          data-testid="tunnel-ssh-more"
          onClick={() => setMore(true)}
        >
          <Icon name="down" size={12} />
          {t.more}
        </button>
      )}
      <Switch
        label={t.fields.acceptNewHost}
        on={ssh.acceptNewHost}
        disabled={disabled}
        testId="tunnel-ssh-accept"
        onChange={(acceptNewHost) => changeSsh({ acceptNewHost })}
      />
    </>
  );
}

/** A port as it is typed; what is none leaves the field empty. */
export function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port <= 65535 ? port : 0;
}
