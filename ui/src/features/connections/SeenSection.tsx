import { useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnectionsStore } from "./context";

/** What is kept on this computer of what is seen of profiles without a journal. */
export function SeenSection() {
  const store = useConnectionsStore();
  const kept = useSession((session) => session.settings.keepSeen);
  const save = useSession((session) => session.saveSettings);
  const t = texts.connections.seen;
  return (
    <section className={styles.section} aria-labelledby="seen-title">
      <header className={styles.sectionHead}>
        <h2 id="seen-title">{t.title}</h2>
        <span className={styles.spring} />
        {kept && (
          <Button data-testid="seen-forget" onClick={() => store.getState().askForget(true)}>
            {t.forget}
          </Button>
        )}
        <Switch
          label={t.keep}
          on={kept}
          testId="keep-seen"
          onChange={(keepSeen) => {
            if (keepSeen) void save({ keepSeen });
            else store.getState().askForget(false);
          }}
        />
      </header>
      <p className={styles.quiet} data-testid="seen-what">
        {kept ? t.what : t.off}
      </p>
    </section>
  );
}
