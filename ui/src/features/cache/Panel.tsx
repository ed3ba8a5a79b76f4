import { Button } from "@/shared/Button";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { useCache, useCacheStore, useRefusal } from "./context";
import { Keys } from "./Keys";
import styles from "./Keys.module.css";
import { Opened } from "./Opened";
import { Scan } from "./Scan";
import { Slowest } from "./Slowest";
import type { Panel as PanelName } from "./store";

/** What is cached: listed, looked through, and what of it is slow; a key beside it. */
export function Panel() {
  const store = useCacheStore();
  const panel = useCache((state) => state.panel);
  const open = useCache((state) => state.opened !== null || state.openFailure !== null);
  const listed = useCache((state) => state.news?.scan?.listed ?? 0);
  const t = texts.cache.panel;
  const names: readonly PanelName[] = ["keys", "scan", "slow"];
  return (
    <div className={styles.halves} data-open={open || undefined}>
      <section className={styles.half} aria-label={t.label}>
        <div className={styles.tabs}>
          <Segments<PanelName>
            as="tabs"
            label={t.label}
            value={panel}
            segments={names.map((value) => ({
              value,
              label: t[value],
              testId: `cache-panel-${value}`,
              badge: value === "scan" && listed > 0 ? String(listed) : undefined,
            }))}
            panelId={() => "cache-panel-body"}
            onChange={(value) => store.getState().show(value)}
          />
          <Selected />
        </div>
        <div id="cache-panel-body" role="tabpanel" aria-label={t[panel]} className={styles.body}>
          {panel === "keys" && <Keys />}
          {panel === "scan" && <Scan />}
          {panel === "slow" && <Slowest />}
        </div>
      </section>
      {open && <Opened />}
    </div>
  );
}

/** What can be done with the selected keys. */
function Selected() {
  const store = useCacheStore();
  const selected = useCache((state) => state.selected);
  const refusal = useRefusal();
  if (selected.size === 0) return <span className={styles.spring} />;
  return (
    <>
      <span className={styles.spring} />
      <Button
        icon="trash"
        look="danger"
        disabled={refusal !== undefined}
        title={refusal}
        data-testid="cache-invalidate-selected"
        onClick={() => store.getState().ask({ wish: "keys", keys: [...selected] })}
      >
        {texts.cache.keys.invalidateSelected(selected.size)}
      </Button>
    </>
  );
}
