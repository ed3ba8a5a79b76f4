import type { TimeSpan } from "@/host";
import { micros } from "@/shared/time";
import { texts } from "@/texts";
import { barsOf } from "./bars";
import styles from "./Delivery.module.css";

interface WaterfallProps {
  spans: readonly TimeSpan[];
  /** The worker elsewhere by whose clock it is. */
  worker: string | null;
}

/** Where the time went: a bar for each stretch of it, below each other. */
export function Waterfall({ spans, worker }: WaterfallProps) {
  const t = texts.traffic.waterfall;
  if (spans.length === 0) return <p className={styles.quiet}>{t.none}</p>;
  const { bars, total } = barsOf(spans);
  return (
    <>
      <ol className={styles.waterfall} aria-label={t.label} data-testid="traffic-waterfall">
        {bars.map(({ span, left, width }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars of a delivery never move.
          <li key={index} data-kind={span.kind}>
            <span className={styles.spanLabel} title={span.label}>
              {span.label}
            </span>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.stretch} style={{ left: `${left}%`, width: `${width}%` }} />
            </span>
            <span className={styles.number}>{micros(span.micros)}</span>
          </li>
        ))}
      </ol>
      <p className={styles.total}>
        {t.total} <b className={styles.totalTime}>{micros(total)}</b>
      </p>
      {worker !== null && <p className={styles.quiet}>{t.byWorker(worker)}</p>}
    </>
  );
}
