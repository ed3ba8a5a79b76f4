import { ListenerPanel } from "@/features/listener/ListenerPanel";
import { useSession } from "@/features/session/context";
import { TunnelPanel } from "@/features/tunnel/TunnelPanel";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnection } from "./context";
import { ListenerSetup } from "./ListenerSetup";

/** How webhooks come in: the listener, and beside it the way from the internet to it. */
export function ReceivingSection() {
  const status = useSession((session) => session.listener);
  const workspace = useSession((session) => session.opened?.workspace.name ?? "");
  const connection = useConnection();
  const t = texts.connections.listener;
  if (!status) return null;
  const name = connection?.profile ?? workspace;
  return (
    <section className={styles.section} aria-labelledby="receiving-title">
      <header className={styles.sectionHead}>
        <h2 id="receiving-title">{t.title}</h2>
        <span className={styles.quiet}>
          {connection?.level === "observe" ? t.observes(name) : t.before(name)}
        </span>
      </header>
      <div className={styles.receiving}>
        {/* The first steps lead to these two. */}
        <div className={styles.box} id="listener-panel" tabIndex={-1}>
          <ListenerPanel status={status} />
          <ListenerSetup />
        </div>
        <div className={styles.box} id="tunnel-panel" tabIndex={-1}>
          <TunnelPanel listener={status} />
        </div>
      </div>
    </section>
  );
}
