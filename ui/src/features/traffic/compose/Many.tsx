import { useState } from "react";
import { useSession } from "@/features/session/context";
import type { DeliveryId, SentAll } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { useTrafficStore } from "../context";
import styles from "./Compose.module.css";
import { useRun, useRunStore } from "./run";
import { saidOf, summed } from "./summary";
import { useLiveQuestion } from "./useLiveQuestion";
import { PLAIN, targetOf, Where, type Wherever } from "./Where";

/** Sends many deliveries again, and says how many came out otherwise. */
export function Many({ deliveries }: { deliveries: readonly DeliveryId[] }) {
  const store = useTrafficStore();
  const running = useRunStore();
  const run = useRun();
  const listener = useSession((session) => session.listener);
  const [where, setWhere] = useState<Wherever>(PLAIN);
  const t = texts.traffic;
  const address = listener?.state === "running" ? listener.address : null;
  const target = targetOf(where, address);
  const busy = run.is === "running";

  const send = () => {
    if (!target) return;
    const { freshness } = where;
    const sendings = deliveries.map((deliveryId) => ({
      deliveryId,
      body: null,
      freshness,
      target,
    }));
    void running.getState().start(sendings);
  };
  const { begin, question } = useLiveQuestion({ where, again: deliveries.length, send });

  return (
    <div className={styles.compose} data-testid="traffic-many">
      <header className={pane.head}>
        <h2 className={pane.title}>{t.many.title(busy ? run.progress.of : deliveries.length)}</h2>
        <IconButton
          icon="close"
          label={t.compose.close}
          onClick={() => store.getState().show({ shows: "nothing" })}
        />
      </header>
      <div className={styles.body}>
        <p className={styles.quiet}>
          {busy ? t.many.goesOn : deliveries.length === 0 ? t.many.none : t.many.hint}
        </p>
        {!busy && (
          <Where
            where={where}
            stopped={where.target === "listener" && address === null}
            onChange={setWhere}
          />
        )}
        {busy && (
          <div className={styles.outcome} data-testid="many-progress">
            <progress
              className={styles.progress}
              aria-label={t.many.title(run.progress.of)}
              max={run.progress.of}
              value={run.progress.done}
            />
            <p>{t.many.progress(run.progress.done, run.progress.of)}</p>
          </div>
        )}
        {run.is === "failed" && (
          <p className={styles.problem} role="alert">
            {run.message}
          </p>
        )}
        <div aria-live="polite">
          {run.is === "ended" && <Summary sent={run.sent} of={run.of} />}
        </div>
      </div>
      <div className={styles.buttons}>
        {busy ? (
          <Button
            icon="close"
            disabled={run.stopping}
            data-testid="many-cancel"
            title={t.many.cancelHint}
            onClick={() => running.getState().stop()}
          >
            {run.stopping ? t.many.cancelling : t.many.cancel}
          </Button>
        ) : (
          <Button
            look="primary"
            icon="send"
            disabled={!target || deliveries.length === 0}
            data-testid="many-send"
            onClick={begin}
          >
            {t.many.title(deliveries.length)}
          </Button>
        )}
      </div>
      {question}
    </div>
  );
}

function Summary({ sent, of }: { sent: SentAll; of: number }) {
  const store = useTrafficStore();
  const t = texts.traffic.outcome;
  const { replayed: all, ended } = sent;
  const { same, other, notCompared, failed } = summed(all);
  return (
    <section className={styles.outcome} data-testid="many-outcome">
      <p>
        <b>{t.many(all.length)}</b>
      </p>
      {ended !== "finished" && (
        <p className={styles.problem} data-testid="many-ended">
          {t.ended[ended](all.length, of)}
        </p>
      )}
      <p>{t.manySame(same.length, other.length, notCompared.length, failed.length)}</p>
      <ul className={styles.others}>
        {[...other, ...failed, ...notCompared].slice(0, 100).map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is made once.
          <li key={index}>
            <button
              type="button"
              disabled={one.deliveryId === null}
              onClick={() =>
                void store.getState().open({ number: 0, delivery: one.deliveryId, index: null })
              }
            >
              {one.original !== null && texts.traffic.open.delivery(one.original)}
              <span className={styles.quiet}>{saidOf(one)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
