import type { JobsIn, QueueNews, QueuePoint } from "@/host";
import { count } from "@/shared/number";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import { type Sample, sparkPaths } from "./spark";

const WIDTH = 300;
const HEIGHT = 24;
const STATES = ["waiting", "active", "delayed", "failed"] as const;

/** The five numbers, each with its line; a click lists the jobs behind it. */
export function Numbers({ news }: { news: QueueNews }) {
  const { figures, history } = news;
  const t = texts.queue;
  const more = (state: JobsIn): string => {
    if (!figures) return "";
    if (state === "waiting" && figures.oldestWaits !== null) {
      return t.oldest(spoken(figures.oldestWaits));
    }
    if (state === "failed" && figures.failedAMinute !== null && figures.failedAMinute > 0) {
      return t.failing(t.rate(figures.failedAMinute));
    }
    return "";
  };
  const done = figures?.doneAMinute ?? null;
  return (
    <div className={styles.numbers}>
      {STATES.map((state) => (
        <Tile
          key={state}
          state={state}
          name={t.states[state]}
          hint={t.hints[state]}
          value={figures ? count(figures[state]) : t.unknown}
          more={more(state)}
          bad={state === "failed" && (figures?.failed ?? 0) > 0}
          samples={history.map((point) => ({ at: point.at, value: point[state] }))}
        />
      ))}
      <Tile
        name={t.done}
        hint={t.doneHint}
        value={done === null ? t.unknown : t.rate(done)}
        more=""
        samples={doneOf(history)}
      />
    </div>
  );
}

/** How many were done between two looks, where that is known. */
function doneOf(history: readonly QueuePoint[]): Sample[] {
  return history.flatMap((point) =>
    point.done === null ? [] : [{ at: point.at, value: point.done }],
  );
}

interface TileProps {
  state?: JobsIn;
  name: string;
  hint: string;
  value: string;
  more: string;
  bad?: boolean;
  samples: readonly Sample[];
}

function Tile({ state, name, hint, value, more, bad, samples }: TileProps) {
  const store = useQueueStore();
  const shown = useQueue(({ tab }) => tab === state);
  const content = (
    <>
      <span className={styles.name}>{name}</span>
      <span className={styles.value} data-bad={bad || undefined}>
        {value}
      </span>
      <span className={styles.more}>{more}</span>
      <Spark name={name} samples={samples} />
    </>
  );
  if (!state) {
    return (
      <div className={styles.tile} title={hint} data-testid="queue-number-done">
        {content}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={styles.tile}
      title={hint}
      aria-pressed={shown}
      data-testid={`queue-number-${state}`}
      onClick={() => store.getState().show(state)}
    >
      {content}
    </button>
  );
}

function Spark({ name, samples }: { name: string; samples: readonly Sample[] }) {
  const values = samples.map((sample) => sample.value);
  const label = texts.queue.sparkline(
    name,
    count(Math.min(...values, Number.MAX_SAFE_INTEGER)),
    count(Math.max(...values, 0)),
  );
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={values.length > 0 ? label : name}
    >
      {sparkPaths(samples, WIDTH, HEIGHT).map((path) => (
        <path key={path} d={path} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
}
