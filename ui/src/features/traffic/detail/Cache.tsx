import type { OpenedDelivery, Outcome } from "@/host";
import { micros } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Delivery.module.css";

const WEIGHT: Record<Outcome, string> = {
  hit: "good",
  negative_hit: "good",
  miss: "quiet",
  bypass: "quiet",
  stale: "warning",
  error: "failed",
};

/** What was read from where, in order, with how long each took. */
export function Cache({ opened }: { opened: OpenedDelivery }) {
  const t = texts.traffic.cache;
  const reads = opened.decisions.flatMap((record) =>
    (record.decision.trace.reads ?? []).map((read, place) => ({
      read,
      event: record.index,
      place,
    })),
  );
  if (reads.length === 0) return <p className={styles.quiet}>{t.none}</p>;
  const several = opened.decisions.length > 1;
  const total = reads.reduce((sum, { read }) => sum + read.micros, 0);
  return (
    <table className={styles.table} data-testid="traffic-cache">
      <thead>
        <tr>
          {several && <th scope="col">{t.event}</th>}
          <th scope="col">{t.collection}</th>
          <th scope="col">{t.tier}</th>
          <th scope="col">{t.outcome}</th>
          <th scope="col">{t.time}</th>
        </tr>
      </thead>
      <tbody>
        {reads.map(({ read, event, place }) => (
          <tr key={`${event}-${place}`}>
            {several && <td>{event + 1}</td>}
            <td>{texts.collections[read.collection]}</td>
            <td>{texts.tiers[read.tier]}</td>
            <td data-weight={WEIGHT[read.outcome]}>{texts.outcomes[read.outcome]}</td>
            <td className={styles.number}>{micros(read.micros)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={several ? 4 : 3}>{t.total(reads.length)}</td>
          <td className={styles.number}>{micros(total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
