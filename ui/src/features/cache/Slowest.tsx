import pane from "@/shared/Pane.module.css";
import { clockTime, hoverTime, micros } from "@/shared/time";
import { texts } from "@/texts";
import { useCache, useCacheStore } from "./context";
import styles from "./Keys.module.css";

/** The slowest reads of the time that is looked at. */
export function Slowest() {
  const store = useCacheStore();
  const slow = useCache((state) => state.news?.slow) ?? [];
  const others = useCache((state) => (state.news?.source.of ?? "window") !== "window");
  const t = texts.cache.slow;
  if (slow.length === 0) {
    return (
      <div className={pane.empty} data-testid="cache-slow-none">
        <p className={styles.wide}>{others ? t.noneOfWorkers : t.none}</p>
      </div>
    );
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.counts} aria-label={t.title} data-testid="cache-slow">
        <thead>
          <tr>
            <th scope="col">{t.columns.at}</th>
            <th scope="col">{t.columns.key}</th>
            <th scope="col">{t.columns.tier}</th>
            <th scope="col">{t.columns.took}</th>
          </tr>
        </thead>
        <tbody>
          {slow.map((read) => (
            <tr key={`${read.at} ${read.key} ${read.micros}`}>
              <td title={hoverTime(read.at)}>{clockTime(read.at)}</td>
              <th scope="row">
                <button
                  type="button"
                  className={styles.link}
                  title={read.key}
                  onClick={() => void store.getState().open(read.key)}
                >
                  {read.key}
                </button>
              </th>
              <td>
                {texts.cache.tier[read.tier]} · {texts.outcomes[read.outcome]}
              </td>
              <td>{micros(read.micros)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
