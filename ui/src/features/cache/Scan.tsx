import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { type CacheScan, HostError } from "@/host";
import { Button } from "@/shared/Button";
import { count } from "@/shared/number";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { useCache, useCacheStore } from "./context";
import styles from "./Keys.module.css";
import { KeyTable } from "./KeyTable";
import { bytes } from "./words";

/** A walk through the cache for what should not be there, and what it found. */
export function Scan() {
  const store = useCacheStore();
  const { session } = useStores();
  const scan = useCache((state) => state.news?.scan ?? null);
  const t = texts.cache.scan;
  const run = (begin: Promise<void>) => {
    begin.catch((thrown: unknown) => session.getState().tell(noticeOf(HostError.from(thrown))));
  };
  if (!scan) {
    return (
      <div className={pane.empty} data-testid="cache-scan-none">
        <strong>{t.title}</strong>
        <p className={styles.wide}>{t.hint}</p>
        <Button
          look="primary"
          data-testid="cache-scan-begin"
          onClick={() => run(store.getState().scan())}
        >
          {t.begin}
        </Button>
      </div>
    );
  }
  const running = scan.state === "running";
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.progress}>
          <span role="status" data-testid="cache-scan-state" data-state={scan.state}>
            {texts.cache.scanStates[scan.state]} {running && t.progress(scan.lookedAt, scan.total)}
          </span>
          {running && (
            <progress
              aria-label={texts.cache.scanStates.running}
              value={Math.min(scan.lookedAt, scan.total)}
              max={Math.max(1, scan.total)}
            />
          )}
          {scan.failure !== null && <span className={styles.bad}>{scan.failure}</span>}
        </div>
        {running ? (
          <Button data-testid="cache-scan-stop" onClick={() => run(store.getState().cancelScan())}>
            {t.stop}
          </Button>
        ) : (
          <Button
            icon="retry"
            data-testid="cache-scan-again"
            onClick={() => run(store.getState().scan())}
          >
            {t.again}
          </Button>
        )}
      </div>
      <Counts scan={scan} />
      <Findings scan={scan} />
    </>
  );
}

function Counts({ scan }: { scan: CacheScan }) {
  const t = texts.cache.scan.columns;
  const shown = scan.counts.filter((each) => each.keys > 0);
  if (shown.length === 0) return null;
  const cell = (value: number) => <td data-bad={value > 0 || undefined}>{count(value)}</td>;
  return (
    <table className={styles.counts} data-testid="cache-scan-counts">
      <thead>
        <tr>
          <th scope="col">{t.collection}</th>
          <th scope="col">{t.keys}</th>
          <th scope="col">{t.withoutExpiry}</th>
          <th scope="col">{t.orphans}</th>
          <th scope="col">{t.different}</th>
          <th scope="col">{t.unreadable}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((each) => (
          <tr key={each.collection}>
            <th scope="row">{texts.collections[each.collection]}</th>
            <td>
              {count(each.keys)} · {bytes(each.bytes)}
            </td>
            {cell(each.withoutExpiry)}
            {cell(each.orphans)}
            {cell(each.different)}
            {cell(each.unreadable)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Findings({ scan }: { scan: CacheScan }) {
  const store = useCacheStore();
  const findings = useCache((state) => state.findings);
  const selected = useCache((state) => state.selected);
  const t = texts.cache.scan;
  if (findings.length === 0) {
    const found = scan.counts.some(
      (each) => each.withoutExpiry + each.orphans + each.different + each.unreadable > 0,
    );
    // They are on their way.
    if (scan.listed > 0) return <div className={styles.list} />;
    const nothing = scan.state === "finished" ? t.clean : t.cleanSoFar;
    return (
      <div className={styles.nothing} data-testid="cache-scan-clean">
        <p className={styles.wide}>{found ? t.gone : nothing}</p>
      </div>
    );
  }
  const all = selected.size === findings.length;
  const keys = findings.map(({ row, problems }) => ({
    row,
    // That it never expires stands where its time would.
    note: problems
      .filter((problem) => problem !== "without_expiry")
      .map((problem) => (
        <em key={problem} data-problem={problem}>
          {texts.cache.problems[problem]}
        </em>
      )),
  }));
  return (
    <>
      <div className={styles.findings}>
        <input
          type="checkbox"
          aria-label={texts.cache.keys.selectAll}
          title={texts.cache.keys.selectAll}
          checked={all}
          data-testid="cache-select-all"
          onChange={() =>
            store.getState().selectAll(
              findings.map(({ row }) => row.key),
              !all,
            )
          }
        />
        <span>{t.found(findings.length)}</span>
        {scan.notListed > 0 && <span>{t.notListed(scan.notListed)}</span>}
      </div>
      <KeyTable keys={keys} label={t.of} />
    </>
  );
}
