import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useTraffic } from "./context";
import styles from "./Traffic.module.css";

/** How many workers elsewhere tell what they handle, and how much of that is not listed. */
export function WorkersTold() {
  const leftOut = useTraffic(({ news }) => news?.counts.leftOut ?? 0);
  const workers = useTraffic(({ news }) =>
    news?.elsewhere?.state === "listening" ? news.elsewhere.workers : 0,
  );
  const t = texts.traffic.elsewhere;
  return (
    <>
      {workers > 0 && (
        <span title={t.workersHint} data-testid="traffic-workers">
          {t.workers(workers)}
        </span>
      )}
      {leftOut > 0 && (
        <span className={styles.warn} title={t.leftOutHint} data-testid="traffic-left-out">
          {t.leftOut(leftOut)}
        </span>
      )}
    </>
  );
}

/** Since when workers elsewhere are not heard, while they are not. */
export function Deaf() {
  const since = useTraffic(({ news }) =>
    news?.elsewhere?.state === "deaf" ? news.elsewhere.since : null,
  );
  const why = useTraffic(({ news }) => news?.elsewhere?.why ?? "");
  if (since === null) return null;
  const t = texts.traffic.elsewhere;
  return (
    <p className={styles.problem} role="status" data-testid="traffic-deaf">
      {t.deafSince} <time title={hoverTime(since)}>{clockTime(since)}</time>
      {t.deaf(why)}
    </p>
  );
}
