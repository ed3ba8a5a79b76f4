import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { HostError, type StraysNews } from "@/host";
import { Button } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import styles from "./bulk/Bulk.module.css";
import { useConversations } from "./context";

function useRun() {
  const { session } = useStores();
  return (doing: Promise<unknown>) => {
    doing.catch((thrown: unknown) => session.getState().tell(noticeOf(HostError.from(thrown))));
  };
}

/** How far looking through Redis is, above what it found. */
export function StraysBar({ strays }: { strays: StraysNews }) {
  const { session } = useStores();
  const run = useRun();
  const host = session.getState().host.conversations;
  const t = texts.conversations.strays;
  const running = strays.state === "running";
  return (
    <div className={styles.bar} data-testid="strays" data-state={strays.state}>
      <span className={styles.progress}>
        <span role="status" data-testid="strays-state">
          {t.states[strays.state]} {running && t.progress(strays.lookedAt, strays.total)}
          {strays.notListed > 0 && t.notListed(strays.notListed)}
        </span>
        {running && (
          <progress
            aria-label={t.states.running}
            value={Math.min(strays.lookedAt, strays.total)}
            max={Math.max(1, strays.total)}
          />
        )}
        {strays.failure !== null && <span className={styles.bad}>{strays.failure}</span>}
      </span>
      {running ? (
        <Button data-testid="strays-stop" onClick={() => run(host.stopStrays())}>
          {t.stop}
        </Button>
      ) : (
        <Button icon="retry" data-testid="strays-again" onClick={() => run(host.findStrays())}>
          {t.again}
        </Button>
      )}
    </div>
  );
}

/** What stands there while nothing was found, or looked for. */
export function NoStrays() {
  const { session } = useStores();
  const run = useRun();
  const strays = useConversations((state) => state.news?.strays ?? null);
  const t = texts.conversations.strays;
  if (strays) {
    return (
      <div className={pane.empty} data-testid="strays-none">
        <p>{strays.state === "finished" ? t.none : t.noneSoFar}</p>
      </div>
    );
  }
  return (
    <div className={pane.empty} data-testid="strays-begin-pane">
      <strong>{t.title}</strong>
      <p>{t.hint}</p>
      <Button
        look="primary"
        data-testid="strays-begin"
        onClick={() => run(session.getState().host.conversations.findStrays())}
      >
        {t.begin}
      </Button>
    </div>
  );
}
