import { useState } from "react";
import { useSession } from "@/features/session/context";
import { type DeliveryId, HostError, type Replayed } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { useTrafficHost, useTrafficStore } from "../context";
import styles from "./Compose.module.css";
import { PLAIN, targetOf, Where, type Wherever } from "./Where";

/** Sends many deliveries again, and says how many came out otherwise. */
export function Many({ deliveries }: { deliveries: readonly DeliveryId[] }) {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const listener = useSession((session) => session.listener);
  const [where, setWhere] = useState<Wherever>(PLAIN);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [all, setAll] = useState<Replayed[] | null>(null);
  const t = texts.traffic;
  const address = listener?.state === "running" ? listener.address : null;
  const target = targetOf(where, address);

  const send = async () => {
    if (!target) return;
    setBusy(true);
    setProblem(null);
    setAll(null);
    try {
      const { freshness } = where;
      const sendings = deliveries.map((deliveryId) => ({
        deliveryId,
        body: null,
        freshness,
        target,
      }));
      setAll(await host.send(sendings));
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.compose} data-testid="traffic-many">
      <header className={pane.head}>
        <h2 className={pane.title}>{t.many.title(deliveries.length)}</h2>
        <IconButton
          icon="close"
          label={t.compose.close}
          onClick={() => store.getState().show({ shows: "nothing" })}
        />
      </header>
      <div className={styles.body}>
        <p className={styles.quiet}>{deliveries.length === 0 ? t.many.none : t.many.hint}</p>
        <Where
          where={where}
          stopped={where.target === "listener" && address === null}
          onChange={setWhere}
        />
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <div aria-live="polite">{all && <Summary all={all} />}</div>
      </div>
      <div className={styles.buttons}>
        <Button
          look="primary"
          icon="send"
          disabled={busy || !target || deliveries.length === 0}
          data-testid="many-send"
          onClick={() => void send()}
        >
          {busy ? t.compose.sending : t.many.title(deliveries.length)}
        </Button>
      </div>
    </div>
  );
}

function Summary({ all }: { all: readonly Replayed[] }) {
  const store = useTrafficStore();
  const t = texts.traffic.outcome;
  const { same, other, failed } = summed(all);
  return (
    <section className={styles.outcome} data-testid="many-outcome">
      <p>
        <b>{t.many(all.length)}</b>
      </p>
      <p>{t.manySame(same.length, other.length, failed.length)}</p>
      <ul className={styles.others}>
        {[...other, ...failed].slice(0, 100).map((one, index) => (
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
              <span className={styles.quiet}>{one.error ?? otherwise(one)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which came out the same, which otherwise, and which did not go. */
export function summed(all: readonly Replayed[]) {
  const failed = all.filter((one) => one.error !== null || (one.answered?.status ?? 200) >= 300);
  const rest = all.filter((one) => !failed.includes(one));
  const isSame = (one: Replayed) => one.comparison?.same ?? true;
  return { same: rest.filter(isSame), other: rest.filter((one) => !isSame(one)), failed };
}

/** The first thing that is not the same. */
function otherwise(one: Replayed): string {
  if (one.answered) return texts.traffic.outcome.answered(one.answered.status, one.answered.phrase);
  const line = one.comparison?.lines.find((each) => !each.same);
  return line ? `${line.what}: ${line.after ?? texts.traffic.outcome.absent}` : "";
}
