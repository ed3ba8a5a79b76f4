import type { CacheSpan, Collection } from "@/host";
import { percent } from "@/shared/number";
import { Segments } from "@/shared/Segments";
import { micros } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Charts.module.css";
import { useCache, useCacheStore } from "./context";
import { LineChart } from "./LineChart";
import { axisOf, COLLECTIONS, gapsOf, leftLines, rightLines, ticksOf } from "./series";
import type { LeftChart, RightChart } from "./store";
import { bytes, rate, short } from "./words";

export const SPAN_MS: Record<CacheSpan, number> = {
  five_minutes: 5 * 60_000,
  hour: 3_600_000,
  day: 24 * 3_600_000,
};

const LEFT: readonly LeftChart[] = ["rate", "tiers", "time", "loads", "changes"];
const RIGHT: readonly RightChart[] = [
  "memory",
  "commands",
  "gone",
  "lookups",
  "connections",
  "keys",
];
const perSecond = (value: number) => `${short(value)}/s`;
const LEFT_FORMAT: Record<LeftChart, (value: number) => string> = {
  rate,
  tiers: rate,
  time: (value) => (value === 0 ? "0" : micros(value)),
  loads: perSecond,
  changes: perSecond,
};
const RIGHT_FORMAT: Record<RightChart, (value: number) => string> = {
  memory: bytes,
  commands: perSecond,
  gone: perSecond,
  lookups: perSecond,
  connections: short,
  keys: short,
};

/** The collections over time, and the servers beside them on the same axis. */
export function Charts() {
  const store = useCacheStore();
  const points = useCache((state) => state.points);
  const news = useCache((state) => state.news);
  const span = useCache((state) => state.span);
  const left = useCache((state) => state.left);
  const right = useCache((state) => state.right);
  const hidden = useCache((state) => state.hidden);
  const t = texts.cache.charts;

  const targets = Object.fromEntries(
    (news?.rows ?? []).map((row) => [row.collection, row.target]),
  ) as Partial<Record<Collection, number | null>>;
  const shown = COLLECTIONS.filter((collection) => !hidden.has(collection));
  const lines = leftLines(points, left, shown, targets);
  const servers = rightLines(points, right);
  const times = points.map((point) => point.at);
  const common = { times, gaps: gapsOf(points), span: SPAN_MS[span], until: news?.at ?? 0 };

  return (
    <div className={styles.charts}>
      <section className={styles.pane} aria-label={t[left]}>
        <div className={styles.head}>
          <Segments<LeftChart>
            label={t.label}
            value={left}
            segments={LEFT.map((value) => ({
              value,
              label: t[value],
              testId: `cache-chart-${value}`,
            }))}
            onChange={(value) => store.getState().chart({ left: value })}
          />
          <span className={styles.legend}>
            {COLLECTIONS.map((collection) => (
              <button
                key={collection}
                type="button"
                aria-pressed={!hidden.has(collection)}
                data-colour={collection}
                title={t.show(texts.collections[collection])}
                data-testid={`cache-line-${collection}`}
                onClick={() => store.getState().toggle(collection)}
              >
                <i aria-hidden="true" />
                <span>{texts.collections[collection]}</span>
              </button>
            ))}
          </span>
        </div>
        <LineChart
          {...common}
          label={t[left]}
          lines={lines}
          axis={axisOf(lines, left)}
          format={LEFT_FORMAT[left]}
          mark={
            left === "rate" || left === "tiers"
              ? (value) => percent(value).replace(".0", "")
              : LEFT_FORMAT[left]
          }
          ticks={ticksOf(points)}
          named={left === "tiers"}
          nothing={t.none}
          testId="cache-chart"
        />
      </section>
      <section className={styles.pane} aria-label={t[right]}>
        <div className={styles.head}>
          <Segments<RightChart>
            label={t.serverLabel}
            value={right}
            segments={RIGHT.map((value) => ({
              value,
              label: t[value],
              testId: `cache-chart-${value}`,
            }))}
            onChange={(value) => store.getState().chart({ right: value })}
          />
        </div>
        <LineChart
          {...common}
          label={t[right]}
          lines={servers}
          axis={axisOf(servers, right)}
          format={RIGHT_FORMAT[right]}
          named={servers.length > 1}
          nothing={t.noServer}
          testId="cache-server-chart"
        />
      </section>
    </div>
  );
}
