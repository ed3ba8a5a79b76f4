import type { CacheAlert } from "@/host";
import { Icon } from "@/shared/Icon";
import { percent } from "@/shared/number";
import { texts } from "@/texts";
import styles from "./Cache.module.css";
import { useCache } from "./context";
import { rate } from "./words";

/** What is under its target, with the likely reason and what to do. */
export function Alerts() {
  const alerts = useCache((state) => state.news?.alerts) ?? [];
  if (alerts.length === 0) return null;
  return (
    <ul className={styles.alerts} aria-label={texts.cache.alerts} data-testid="cache-alerts">
      {alerts.map((alert) => (
        <li key={`${alert.collection} ${alert.reason}`} className={styles.alert}>
          <Icon name="warning" size={14} />
          <p className="selectable">
            <b>{title(alert)}</b> {alert.says} <span>{alert.toDo}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

function title({ collection, rate: now, target, reason }: CacheAlert): string {
  const t = texts.cache;
  const likely = t.likely(t.reasons[reason]);
  if (collection === null || now === null || target === null) return `${t.reasons[reason]}:`;
  const name = texts.collections[collection];
  return `${t.alertRate(name, rate(now), percent(target))}, ${likely}:`;
}
