import type { Outcome, Read } from "@/host";
import { micros } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Why.module.css";

/** What was read from where to decide it, in order. */
export function Reads({ reads }: { reads: readonly Read[] }) {
  if (reads.length === 0) return <p className={styles.quiet}>{texts.why.readsNone}</p>;
  return (
    <table className={styles.reads}>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{texts.why.reads}</th>
          <th scope="col">{texts.why.readsTier}</th>
          <th scope="col">{texts.why.readsOutcome}</th>
          <th scope="col">{texts.why.readsTime}</th>
        </tr>
      </thead>
      <tbody>
        {reads.map((read, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the reads of a decision never move.
          <tr key={index}>
            <td>{texts.collections[read.collection]}</td>
            <td className={styles.tier}>{texts.tiers[read.tier]}</td>
            <td data-outcome={outcomeWeight(read.outcome)}>{texts.outcomes[read.outcome]}</td>
            <td className={styles.micros}>{micros(read.micros)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function outcomeWeight(outcome: Outcome): "good" | "quiet" | "warning" | "failed" {
  switch (outcome) {
    case "hit":
    case "negative_hit":
      return "good";
    case "miss":
    case "bypass":
      return "quiet";
    case "stale":
      return "warning";
    case "error":
      return "failed";
  }
}
