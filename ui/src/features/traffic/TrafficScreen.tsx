import { useEffect, useState } from "react";
import { useSession, useStores } from "@/features/session/context";
import type { FilterError } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useAccountsAtHand } from "./accounts";
import { useRun, useRunStore } from "./compose/run";
import { deliveriesOf } from "./compose/summary";
import { useTraffic, useTrafficHost, useTrafficStore } from "./context";
import { SaveDialog } from "./detail/SaveDialog";
import { Deaf, WorkersTold } from "./Elsewhere";
import { FilterBar } from "./FilterBar";
import { SavedFilters } from "./SavedFilters";
import { Side } from "./Side";
import styles from "./Traffic.module.css";
import { TrafficList } from "./TrafficList";

/** Every delivery as it arrives, what became of it, and sending one again. */
export function TrafficScreen() {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const { session } = useStores();
  const open = useTraffic((state) => state.side.shows !== "nothing");
  const paused = useTraffic((state) => state.paused);
  const listed = useTraffic(({ news, found }) =>
    found ? found.rows.length : news ? news.end - news.first : 0,
  );
  const run = useRun();
  const running = useRunStore();
  const [problem, setProblem] = useState<FilterError | null>(null);
  const t = texts.traffic;

  useAccountsAtHand();
  useEffect(() => host.watch((news) => store.getState().told(news)), [host, store]);

  const replayAll = async () => {
    try {
      // What a search found is shown instead of what is live.
      const { found } = store.getState();
      const deliveries = found ? deliveriesOf(found.rows) : await host.wanted();
      running.getState().clear();
      store.getState().show({ shows: "many", deliveries });
    } catch {
      // Only a closing application does not answer.
    }
  };

  return (
    <>
      <div className={styles.bar}>
        <h1 className={styles.title}>{t.title}</h1>
        <FilterBar onError={setProblem} />
        <SavedFilters />
        <IconButton
          icon={paused ? "play" : "pause"}
          label={paused ? t.resume : t.pause}
          aria-pressed={paused}
          data-testid="traffic-pause"
          onClick={() => (paused ? store.getState().follow() : store.getState().pause())}
        />
        <Button
          icon="redo"
          disabled={listed === 0 && run.is !== "running"}
          data-testid="traffic-replay-all"
          onClick={() => void replayAll()}
        >
          {run.is === "running"
            ? t.many.running(run.progress.done, run.progress.of)
            : t.many.replay}
        </Button>
        <Button
          icon="add"
          look="primary"
          data-testid="traffic-compose-open"
          onClick={() => {
            store.getState().hold();
            store.getState().show({ shows: "compose" });
            session.getState().tell(null);
          }}
        >
          {t.empty.compose}
        </Button>
      </div>
      {problem && (
        <p className={styles.problem} role="alert" data-testid="traffic-filter-problem">
          {problem.message}
        </p>
      )}
      <Figures />
      <Deaf />
      <div className={styles.halves} data-open={open || undefined}>
        <div className={styles.left}>
          <JournalBar />
          <ListOrNothing narrow={open} />
        </div>
        <Side />
      </div>
      <SaveDialog />
    </>
  );
}

/** How much came in, exactly, whatever is listed. */
function Figures() {
  const store = useTrafficStore();
  const counts = useTraffic((state) => state.news?.counts ?? null);
  const rows = useTraffic((state) => (state.news ? state.news.end - state.news.first : 0));
  const found = useTraffic((state) => state.found !== null);
  const dryRun = useSession((session) => session.front?.isDryRun ?? false);
  const t = texts.traffic;
  if (!counts) return <div className={styles.figures} />;
  return (
    <div className={styles.figures} data-testid="traffic-figures">
      <span data-testid="traffic-deliveries">{t.counts.deliveries(counts.deliveries)}</span>
      <span data-testid="traffic-events">{t.counts.events(counts.events)}</span>
      <span data-testid="traffic-sent">
        {dryRun ? texts.status.wouldSend(counts.sent) : t.counts.sent(counts.sent)}
      </span>
      <span className={counts.failed > 0 ? styles.bad : undefined}>
        {t.counts.failed(counts.failed)}
      </span>
      <span className={counts.refused > 0 ? styles.bad : undefined} data-testid="traffic-refused">
        {t.counts.refused(counts.refused)}
      </span>
      {counts.missed > 0 && <span className={styles.warn}>{t.counts.missed(counts.missed)}</span>}
      {counts.lost > 0 && (
        <span className={styles.warn} title={t.counts.lostHint} data-testid="traffic-lost">
          {t.counts.lost(counts.lost)}
        </span>
      )}
      <WorkersTold />
      <span className={styles.spring} />
      <span data-testid="traffic-shown">{t.shown(rows)}</span>
      {!found && (
        <Button
          look="quiet"
          icon="store"
          title={t.journal.hint}
          data-testid="traffic-search"
          onClick={() => void store.getState().search(false)}
        >
          {t.journal.search}
        </Button>
      )}
    </div>
  );
}

/** What a search of the journal found, and the way back. */
function JournalBar() {
  const store = useTrafficStore();
  const found = useTraffic((state) => state.found);
  const searching = useTraffic((state) => state.searching);
  const failure = useTraffic((state) => state.searchFailure);
  const t = texts.traffic.journal;
  if (!found) return null;
  return (
    <div className={styles.journal} role="status" data-testid="traffic-journal">
      <b>{searching ? t.searching : t.found(found.rows.length)}</b>
      <span data-testid="traffic-looked">
        {t.looked(found.lookedAt)}
        {found.reached !== null && (
          <time title={hoverTime(found.reached)}>{t.reached(exactTime(found.reached))}</time>
        )}
      </span>
      {failure && (
        <span className={`${styles.bad} selectable`} data-testid="traffic-search-failure">
          {t.brokeOff(failure.message)}
        </span>
      )}
      {!searching && !failure && found.next === null && <span>{t.end}</span>}
      <span className={styles.spring} />
      {searching && (
        <Button data-testid="traffic-search-stop" onClick={() => store.getState().stopSearch()}>
          {t.stop}
        </Button>
      )}
      {!searching && (failure || found.next !== null) && (
        <Button
          data-testid="traffic-search-more"
          onClick={() => void store.getState().search(true)}
        >
          {failure ? t.again : t.more}
        </Button>
      )}
      <Button data-testid="traffic-live" onClick={() => store.getState().live()}>
        {t.back}
      </Button>
    </div>
  );
}

function ListOrNothing({ narrow }: { narrow: boolean }) {
  const store = useTrafficStore();
  const nothing = useTraffic(({ news, found }) => news !== null && !found && news.end === 0);
  const foundNone = useTraffic(
    ({ found, searching, searchFailure }) =>
      found !== null && !searching && !searchFailure && found.rows.length === 0,
  );
  const filtered = useTraffic((state) => state.applied.trim() !== "");
  // What other workers handle is here where they tell it.
  const elsewhere = useSession(({ front }) =>
    front && front.whose.of !== "window" ? front.profile : null,
  );
  const told = useTraffic(({ news }) => (news?.elsewhere?.workers ?? 0) > 0);
  const { navigation } = useStores();
  const t = texts.traffic;
  if (foundNone) {
    return (
      <div className={pane.empty} data-testid="traffic-none">
        <strong>{t.journal.none}</strong>
      </div>
    );
  }
  if (!nothing) return <TrafficList narrow={narrow} />;
  if (elsewhere !== null && !filtered) {
    return (
      <div className={pane.empty} data-testid="traffic-elsewhere">
        <strong>{t.elsewhere.title(elsewhere)}</strong>
        <p>{told ? t.elsewhere.hintTold : t.elsewhere.hint}</p>
        <Button look="primary" onClick={() => navigation.getState().go("queue")}>
          {t.elsewhere.queue}
        </Button>
      </div>
    );
  }
  return (
    <div className={pane.empty} data-testid="traffic-empty">
      <strong>{filtered ? t.empty.filtered : t.empty.title}</strong>
      <p>{filtered ? t.empty.filteredHint : t.empty.hint}</p>
      {filtered ? (
        <Button
          onClick={() => {
            store.getState().write("");
            void store.getState().apply("");
          }}
        >
          {t.filter.clear}
        </Button>
      ) : (
        <Button look="primary" onClick={() => store.getState().show({ shows: "compose" })}>
          {t.empty.compose}
        </Button>
      )}
    </div>
  );
}
