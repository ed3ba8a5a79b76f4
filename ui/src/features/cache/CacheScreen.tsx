import { useEffect } from "react";
import { useSession } from "@/features/session/context";
import type { CacheSource, CacheSpan } from "@/host";
import { Segments } from "@/shared/Segments";
import { hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import { Alerts } from "./Alerts";
import styles from "./Cache.module.css";
import { CacheTable } from "./CacheTable";
import { Charts, SPAN_MS } from "./Charts";
import { useCache, useCacheStore } from "./context";
import { InvalidateDialog } from "./InvalidateDialog";
import { Panel } from "./Panel";
import { Servers } from "./Servers";
import { Workers } from "./Workers";
import { shortAddress } from "./words";

const SPANS: readonly CacheSpan[] = ["five_minutes", "hour", "day"];

/** How often the cache answers, how its servers are, what is in it, and invalidating. */
export function CacheScreen() {
  const store = useCacheStore();
  const host = useSession((session) => session.host.cache);
  const span = useCache((state) => state.span);
  const source = useCache((state) => state.source);
  useEffect(
    () => host.watch(span, source, (news) => store.getState().told(news)),
    [host, store, span, source],
  );
  return (
    <div className={styles.screen}>
      <Bar />
      <Alerts />
      <CacheTable />
      <Workers />
      <Servers />
      <Charts />
      <Panel />
      <InvalidateDialog />
    </div>
  );
}

function Bar() {
  const store = useCacheStore();
  const span = useCache((state) => state.span);
  const begunAt = useCache((state) => state.news?.begunAt ?? null);
  const at = useCache((state) => state.news?.at ?? 0);
  const guard = useCache((state) => state.news?.guard ?? null);
  const of = useCache((state) => state.news?.source.of ?? "window");
  const reads = useCache((state) =>
    (state.news?.rows ?? []).reduce((sum, row) => sum + row.total.reads, 0),
  );
  const t = texts.cache;
  const young = begunAt !== null && at - begunAt < SPAN_MS[span];
  return (
    <div className={styles.bar}>
      <h1 className={styles.title}>{t.title}</h1>
      <Segments<CacheSpan>
        label={t.spanLabel}
        value={span}
        segments={SPANS.map((value) => ({
          value,
          label: t.spans[value],
          testId: `cache-span-${value}`,
        }))}
        onChange={(value) => store.getState().look(value)}
      />
      <Source />
      {young && begunAt !== null && (
        <span className={styles.quiet} title={hoverTime(begunAt)}>
          {t.since(shortTime(begunAt))}
        </span>
      )}
      {guard !== null && reads === 0 && (
        <span className={styles.quiet} data-testid="cache-idle">
          {of !== "window" ? t.idle.workers : guard === "observe" ? t.idle.observe : t.idle.nothing}
        </span>
      )}
    </div>
  );
}

/** Whose figures are shown, where there are others than this window's. */
function Source() {
  const store = useCacheStore();
  const source = useCache((state) => state.news?.source ?? null);
  const workers = useCache(
    (state) => state.news?.workers.filter((worker) => worker.sameAs === null).length ?? 0,
  );
  if (source === null || workers === 0) return null;
  const t = texts.cache.workers;
  const choices: Record<CacheSource["of"], string> = {
    workers: t.all(workers),
    worker: source.of === "worker" ? shortAddress(source.address) : "",
    window: t.window,
  };
  const shown = (["workers", "worker", "window"] as const).filter(
    (of) => of !== "worker" || source.of === "worker",
  );
  return (
    <Segments<CacheSource["of"]>
      label={t.sourceLabel}
      value={source.of}
      segments={shown.map((value) => ({
        value,
        label: choices[value],
        testId: `cache-source-${value}`,
      }))}
      onChange={(of) => {
        if (of !== "worker") store.getState().from({ of });
      }}
    />
  );
}
