import { useEffect } from "react";
import { useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { AccountDialog } from "./AccountDialog";
import { AccountsSection } from "./AccountsSection";
import { AuditSection } from "./AuditSection";
import styles from "./Connections.module.css";
import { useConnections, useConnectionsStore } from "./context";
import { EnvDialog } from "./EnvDialog";
import { ForgetDialog } from "./ForgetDialog";
import { IndexesDialog } from "./IndexesDialog";
import { ProfileCardView } from "./ProfileCard";
import { ProfileEditor } from "./ProfileEditor";
import { ReceivingSection } from "./ReceivingSection";
import { SeenSection } from "./SeenSection";

/** The profiles, how webhooks come in, and what was changed from here. */
export function ConnectionsScreen() {
  const store = useConnectionsStore();
  const front = useConnections((state) => state.front);
  const t = texts.connections;

  useEffect(() => {
    void store.getState().load();
  }, [store]);

  return (
    <>
      <div className={styles.bar}>
        <h1 className={styles.title}>{t.title}</h1>
        <span className={styles.spring} />
        <Button
          icon="file"
          data-testid="connections-import"
          onClick={() => store.getState().startImport()}
        >
          {t.importEnv}
        </Button>
        <Button
          icon="add"
          look="primary"
          data-testid="connections-new"
          onClick={() => void store.getState().create()}
        >
          {t.newProfile}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes arrow keys. */}
      <section className={styles.scroll} aria-label={t.title} tabIndex={0}>
        <Profiles />
        <ReceivingSection />
        <AccountsSection />
        <SeenSection />
        <AuditSection />
      </section>
      {front.shows === "editor" && <ProfileEditor draft={front.draft} instead={front.instead} />}
      {front.shows === "import" && <EnvDialog />}
      {front.shows === "indexes" && <IndexesDialog name={front.name} />}
      {front.shows === "forget" && <ForgetDialog keepsOn={front.keepsOn} />}
      {front.shows === "account" && <AccountDialog account={front.account} isNew={front.isNew} />}
    </>
  );
}

function Profiles() {
  const store = useConnectionsStore();
  const view = useConnections((state) => state.view);
  const settings = useSession((session) => session.settings);
  const save = useSession((session) => session.saveSettings);
  const t = texts.connections;
  if (!view) return null;
  return (
    <section className={styles.section} aria-labelledby="profiles-title">
      <header className={styles.sectionHead}>
        <h2 id="profiles-title">{t.profiles}</h2>
        {view.profiles.length > 0 && (
          <span className={styles.quiet} data-testid="secrets-place">
            {t.secretsIn(view.secrets.place)}
          </span>
        )}
        <span className={styles.spring} />
        {view.profiles.length > 0 && (
          <Switch
            label={t.reconnect}
            on={settings.reconnect}
            testId="reconnect"
            onChange={(reconnect) => void save({ reconnect })}
          />
        )}
      </header>
      {view.profiles.length === 0 ? (
        <div className={`${pane.empty} ${styles.nothing}`} data-testid="connections-empty">
          <strong>{t.empty.title}</strong>
          <p>{t.empty.hint}</p>
          <Button look="primary" onClick={() => void store.getState().create()}>
            {t.newProfile}
          </Button>
        </div>
      ) : (
        <ul className={styles.cards}>
          {view.profiles.map((card) => (
            <ProfileCardView key={card.name} card={card} />
          ))}
        </ul>
      )}
    </section>
  );
}
