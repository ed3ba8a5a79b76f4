import { useEffect } from "react";
import type { ListenerStatus, TunnelState } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { Challenges } from "./Challenges";
import { useTunnel, useTunnelStore } from "./context";
import { ForMeta } from "./ForMeta";
import { Output } from "./Output";
import { Standing } from "./Standing";
import { Subscribing } from "./Subscribing";
import styles from "./Tunnel.module.css";
import { TunnelForm } from "./TunnelForm";

const ICONS: Record<TunnelState["is"], IconName> = {
  stopped: "minus",
  starting: "clock",
  up: "check",
  reconnecting: "retry",
  failed: "failed",
};

/** The listener's way to the internet: what kind, how it is, and what Meta is to be told. */
export function TunnelPanel({ listener }: { listener: ListenerStatus }) {
  const store = useTunnelStore();
  const state = useTunnel(({ news }) => news?.status.state.is ?? "stopped");
  const t = texts.tunnel;

  useEffect(() => {
    void store.getState().load();
  }, [store]);

  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2>{t.title}</h2>
        <span className={styles.state} data-state={state} data-testid="tunnel-state">
          <Icon name={ICONS[state]} size={14} />
          {t.state[state]}
        </span>
      </div>
      <p className={styles.hint}>{t.hint}</p>
      <TunnelForm listener={listener} />
      <Standing listener={listener} />
      <ForMeta listener={listener} />
      <Challenges />
      <Subscribing listener={listener} />
      <Output />
    </div>
  );
}
