import type { WorkerNow, WorkerRate } from "@/host";
import { Icon } from "@/shared/Icon";
import { count, percent } from "@/shared/number";
import { hoverTime, spoken } from "@/shared/time";
import { texts } from "@/texts";
import { useCache, useCacheStore } from "./context";
import styles from "./Workers.module.css";
import { JUDGED_FROM, rate, shortAddress } from "./words";

/** The workers elsewhere, a line each: how their caches do, or why that is not known. */
export function Workers() {
  const workers = useCache((state) => state.news?.workers) ?? [];
  if (workers.length === 0) return null;
  return (
    <ul
      className={styles.workers}
      aria-label={texts.cache.workers.label}
      data-testid="cache-workers"
    >
      {workers.map((worker) => (
        <Worker key={worker.address} worker={worker} />
      ))}
    </ul>
  );
}

function Worker({ worker }: { worker: WorkerNow }) {
  const store = useCacheStore();
  const shown = useCache(({ news }) =>
    news?.source.of === "worker" ? news.source.address === worker.address : false,
  );
  const at = useCache((state) => state.news?.at ?? 0);
  const t = texts.cache.workers;
  const { trouble } = worker;
  return (
    <li
      className={styles.worker}
      data-shown={shown || undefined}
      data-silent={trouble !== null || undefined}
      data-testid="cache-worker"
    >
      <Icon name={trouble ? "failed" : "check"} size={14} label={trouble ? t.silent : t.answers} />
      <button
        type="button"
        className={styles.name}
        aria-pressed={shown}
        title={t.show(worker.address)}
        onClick={() =>
          store
            .getState()
            .from(shown ? { of: "workers" } : { of: "worker", address: worker.address })
        }
      >
        {shortAddress(worker.address)}
      </button>
      {worker.sameAs !== null && (
        <span data-testid="cache-worker-same">{t.sameAs(shortAddress(worker.sameAs))}</span>
      )}
      {trouble ? (
        <span className={styles.trouble} role="alert">
          {trouble.says} <span>{trouble.toDo}</span>
          {worker.answeredAt !== null && (
            <span> {t.answered(spoken(Math.max(0, at - worker.answeredAt)))}</span>
          )}
        </span>
      ) : (
        <>
          {worker.answeredAt === null && <span>{t.asking}</span>}
          {worker.rates.map((each) => (
            <Rate key={each.collection} each={each} />
          ))}
          {worker.startedAt !== null && (
            <span title={hoverTime(worker.startedAt)}>
              {t.up(spoken(Math.max(1_000, at - worker.startedAt)))}
            </span>
          )}
        </>
      )}
      {worker.restarts > 0 && <span>{t.restarts(worker.restarts)}</span>}
      {worker.version !== "" && <span>{worker.version}</span>}
    </li>
  );
}

/** One collection of a worker; what was counted since its start stands in the hint. */
function Rate({ each }: { each: WorkerRate }) {
  const target = useCache(
    ({ news }) => news?.rows.find((row) => row.collection === each.collection)?.target ?? null,
  );
  const t = texts.cache.workers;
  // What is read fresh has no rate.
  if (target === null) return null;
  // Until something was read in this time, what it says of all of its time is better than
  // nothing.
  const shown = each.rate ?? each.sinceStart;
  const below = each.rate !== null && each.reads >= JUDGED_FROM && each.rate < target;
  const since =
    each.sinceStart === null
      ? t.nothingSinceStart
      : t.sinceStart(rate(each.sinceStart), count(each.readsSinceStart));
  return (
    <span
      className={styles.rate}
      data-below={below || undefined}
      data-testid={`cache-worker-${each.collection}`}
      title={`${t.reads(each.reads)} · ${since} · ${t.target(percent(target))}`}
    >
      {texts.collections[each.collection]}{" "}
      <b>{shown === null ? texts.cache.nothingRead : rate(shown)}</b>
      {each.rate === null && shown !== null && <small>{t.sinceStartShort}</small>}
    </span>
  );
}
