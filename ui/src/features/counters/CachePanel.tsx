import { useOpened } from "@/features/session/context";
import type { CollectionFigures } from "@/host";
import { Icon } from "@/shared/Icon";
import { percent } from "@/shared/number";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import styles from "./CachePanel.module.css";
import { rateOf, TARGETS } from "./rate";

const ROWS = [
  ["workspace", "workspace"],
  ["automations", "automations"],
  ["user_state", "userState"],
] as const;

/** Cache hits by collection, live, each against its target. */
export function CachePanel() {
  const cache = useOpened((opened) => opened.figures.cache);
  const young = ROWS.some(([, key]) => {
    const { reads } = cache[key];
    return reads > 0 && reads < 200;
  });
  return (
    <section className={styles.panel} aria-labelledby="cache-title" id="cache-panel" tabIndex={-1}>
      <h2 id="cache-title" className={pane.section} title={texts.counters.hint}>
        {texts.counters.title}
      </h2>
      {ROWS.map(([name, key]) => (
        <Row key={key} id={key} name={name} figures={cache[key]} target={TARGETS[name]} />
      ))}
      {young && <p className={styles.young}>{texts.counters.few}</p>}
    </section>
  );
}

function Row({
  id,
  name,
  figures,
  target,
}: {
  id: string;
  name: keyof typeof TARGETS;
  figures: CollectionFigures;
  target: number;
}) {
  const rate = rateOf(figures, target);
  const share = rate.share === null ? 0 : rate.share * 100;
  const label = texts.collections[name];
  return (
    <div className={styles.row} data-testid={`cache-${id}`}>
      <div className={styles.line}>
        <span className={styles.name}>{label}</span>
        {rate.below && (
          <Icon name="warning" size={12} label={texts.counters.below} className={styles.warning} />
        )}
        <span className={styles.rate}>
          {rate.share === null ? "–" : percent(rate.share)}{" "}
          <span className={styles.target}>{texts.counters.of(target)}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element shows no target. */}
      <div
        className={styles.meter}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 10) / 10}
        aria-valuetext={
          rate.share === null
            ? texts.counters.cold
            : texts.counters.row(label, percent(rate.share), target)
        }
      >
        <span
          className={styles.fill}
          data-reached={share >= target ? "yes" : rate.below ? "no" : "soon"}
          style={{ width: `${share}%` }}
        />
        <span className={styles.tick} style={{ left: `${target}%` }} />
      </div>
      <div className={styles.counts}>
        {rate.share === null ? (
          texts.counters.cold
        ) : (
          <>
            <span>{texts.counters.hits(rate.hits)}</span>
            <span>{texts.counters.misses(rate.misses)}</span>
            <span className={styles.reads}>{texts.counters.reads(rate.reads)}</span>
          </>
        )}
      </div>
    </div>
  );
}
