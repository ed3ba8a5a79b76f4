import type { JobsIn, QueueFigures, QueueNews, QueuePoint } from "@/host";
import { count } from "@/shared/number";
import { ago, spoken } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import { type Sample, sparkPaths } from "./spark";

const WIDTH = 300;
const HEIGHT = 24;
/** For so many milliseconds past its time a delayed job is due and not overdue yet. */
const OVERDUE = 5_000;
const STATES = ["waiting", "active", "delayed", "failed"] as const;

/** The five numbers, each with its line; a click lists the jobs behind it. */
export function Numbers({ news }: { news: QueueNews }) {
  const { figures, history } = news;
  const t = texts.queue;
  const done = figures?.doneAMinute ?? null;
  const completed = figures?.completed ?? null;
  return (
    <div className={styles.numbers}>
      {STATES.map((state) => (
        <Tile
          key={state}
          id={state}
          state={state}
          name={t.states[state]}
          hint={t.hints[state]}
          value={figures ? count(figures[state]) : t.unknown}
          rate={figures ? rateOf(state, figures) : ""}
          more={figures ? ageOf(state, figures) : ""}
          bad={state === "failed" && (figures?.failed ?? 0) > 0}
          samples={history.map((point) => ({ at: point.at, value: point[state] }))}
        />
      ))}
      <Tile
        id="done"
        state={completed === null ? null : "completed"}
        name={t.done}
        hint={t.doneHint}
        value={done === null ? t.unknown : t.rate(done)}
        rate=""
        more={figures ? (completed === null ? t.notKept : t.kept(completed)) : ""}
        samples={doneOf(history)}
      />
    </div>
  );
}

/** How fast a number is filled, where that is known and something happens. */
function rateOf(state: JobsIn, { addedAMinute, failedAMinute }: QueueFigures): string {
  const t = texts.queue;
  if (state === "waiting" && addedAMinute) return t.arriving(t.rate(addedAMinute));
  if (state === "failed" && failedAMinute) return t.failing(t.rate(failedAMinute));
  return "";
}

/** How old what is behind a number is, or how long it is to wait yet. */
function ageOf(state: JobsIn, figures: QueueFigures): string {
  const { oldestWaits, oldestActive, nextDue, newestFailed, oldestFailed } = figures;
  const t = texts.queue;
  switch (state) {
    case "waiting":
      return oldestWaits === null ? "" : t.oldest(spoken(oldestWaits));
    case "active":
      return oldestActive === null ? "" : t.longest(spoken(oldestActive));
    case "delayed":
      if (nextDue === null) return "";
      if (nextDue < -OVERDUE) return t.overdue(spoken(-nextDue));
      return nextDue <= 0 ? t.nextNow : t.nextIn(spoken(nextDue));
    case "failed":
      if (newestFailed === null || oldestFailed === null) return "";
      return t.failedWhen(ago(newestFailed), ago(oldestFailed));
    case "completed":
      return "";
  }
}

/** How many were done between two looks, where that is known. */
function doneOf(history: readonly QueuePoint[]): Sample[] {
  return history.flatMap((point) =>
    point.done === null ? [] : [{ at: point.at, value: point.done }],
  );
}

interface TileProps {
  /** What it is called in tests. */
  id: string;
  /** The jobs that a click lists; null where there are none. */
  state: JobsIn | null;
  name: string;
  hint: string;
  value: string;
  /** Beside the value. */
  rate: string;
  /** Below it. */
  more: string;
  bad?: boolean;
  samples: readonly Sample[];
}

function Tile({ id, state, name, hint, value, rate, more, bad, samples }: TileProps) {
  const store = useQueueStore();
  const shown = useQueue(({ tab, sends }) => !sends && tab === state);
  const content = (
    <>
      <span className={styles.name}>{name}</span>
      <span className={styles.value} data-bad={bad || undefined}>
        {value}
      </span>
      <span className={styles.rate} title={rate}>
        {rate}
      </span>
      <span className={styles.more} title={more}>
        {more}
      </span>
      <Spark name={name} samples={samples} />
    </>
  );
  if (!state) {
    return (
      <div className={styles.tile} title={hint} data-testid={`queue-number-${id}`}>
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
      data-testid={`queue-number-${id}`}
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
