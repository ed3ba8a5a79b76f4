import type { CacheRow, TierFigures } from "@/host";
import { Icon } from "@/shared/Icon";
import { count } from "@/shared/number";
import { micros, spoken } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Cache.module.css";
import { useCache } from "./context";
import { Sparkline } from "./Sparkline";
import { of, rateOf, thinned } from "./series";
import { JUDGED_FROM, rate } from "./words";

const COLUMNS = [
  "collection",
  "rate",
  "spark",
  "target",
  "perMinute",
  "time",
  "tiers",
  "miss",
  "changes",
  "expired",
  "trouble",
  "ttl",
] as const;

type Column = (typeof COLUMNS)[number];

/** Each collection over the time that is looked at. */
export function CacheTable() {
  const rows = useCache((state) => state.news?.rows) ?? [];
  const t = texts.cache;
  return (
    <table className={styles.table} aria-label={t.table} data-testid="cache-table">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th
              key={column}
              scope="col"
              data-column={column}
              title={t.columnHints[column as keyof typeof t.columnHints]}
            >
              {t.columns[column]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.collection} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: CacheRow }) {
  const points = useCache((state) => state.points);
  const t = texts.cache;
  const { total } = row;
  const below =
    row.rate !== null && row.target !== null && row.rate < row.target && total.reads >= JUDGED_FROM;
  const cells: Record<Column, React.ReactNode> = {
    collection: <b>{texts.collections[row.collection]}</b>,
    rate: (
      <span className={styles.rate} data-below={below || undefined}>
        {row.rate === null
          ? t.nothingRead
          : row.target === null && row.rate === 0
            ? t.notCached
            : rate(row.rate)}
        {below && <Icon name="warning" size={12} label={t.below} />}
      </span>
    ),
    spark: (
      <Sparkline
        colour={row.collection}
        values={thinned(points, 60).map((point) =>
          row.target === null ? null : rateOf(of(point, row.collection)),
        )}
      />
    ),
    target: row.target === null ? "" : t.targetOf(row.target),
    perMinute: t.perMinute(row.perMinute ?? 0),
    time:
      total.p50 === null || total.p99 === null
        ? t.nothingRead
        : `${micros(total.p50)} · ${micros(total.p99)}`,
    tiers: <Tiers row={row} />,
    miss: total.missMean === null ? t.nothingRead : micros(total.missMean),
    changes: <Changes row={row} />,
    expired: <Expired row={row} />,
    trouble: <Trouble row={row} />,
    ttl: row.ttlMs === null ? t.notCached : spoken(row.ttlMs),
  };
  return (
    <tr data-testid={`cache-row-${row.collection}`}>
      {COLUMNS.map((column) =>
        column === "collection" ? (
          <th key={column} scope="row" data-column={column}>
            {cells[column]}
          </th>
        ) : (
          <td key={column} data-column={column}>
            {cells[column]}
          </td>
        ),
      )}
    </tr>
  );
}

/** Which tier answered which share, each with its own times on hover. */
function Tiers({ row }: { row: CacheRow }) {
  const t = texts.cache;
  const all = row.near.reads + row.shared.reads + row.store.reads;
  if (all === 0) return t.nothingRead;
  const one = (name: string, tier: TierFigures) =>
    tier.reads > 0 && (
      <span key={name} title={hint(name, tier)}>
        {name} {rate(tier.reads / all)}
      </span>
    );
  return (
    <span className={styles.tiers}>
      {one(t.tier.near, row.near)}
      {one(t.tier.shared, row.shared)}
      {one(t.tier.store, row.store)}
    </span>
  );
}

function hint(name: string, tier: TierFigures): string {
  const known = (value: number | null) =>
    value === null ? texts.cache.nothingRead : micros(value);
  return `${name}: ${count(tier.reads)} · mean ${known(tier.mean)} · p50 ${known(tier.p50)} · p99 ${known(tier.p99)}`;
}

function Changes({ row: { total } }: { row: CacheRow }) {
  const t = texts.cache;
  const more = [
    t.misses(total.misses),
    t.negative(total.negativeHits),
    t.bypasses(total.bypasses),
  ].join(" · ");
  return <span title={more}>{count(Math.max(total.invalidations, total.heard))}</span>;
}

/** What was read for after its time was over, by tier on hover. */
function Expired({ row: { near, shared } }: { row: CacheRow }) {
  const t = texts.cache;
  const each = `${t.tier.near} ${count(near.expired)} · ${t.tier.shared} ${count(shared.expired)}`;
  return <span title={each}>{count(near.expired + shared.expired)}</span>;
}

/** What should not be there: stale reads and errors. Nothing where there are none. */
function Trouble({ row: { total } }: { row: CacheRow }) {
  const t = texts.cache;
  const both = [
    total.stale > 0 && t.stale(total.stale),
    total.errors > 0 && t.errors(total.errors),
  ];
  return (
    <span className={styles.trouble} title={both.filter(Boolean).join(" · ") || undefined}>
      {total.errors > 0 && <em>{t.errors(total.errors)}</em>}
      {total.stale > 0 && <span>{t.stale(total.stale)}</span>}
    </span>
  );
}
