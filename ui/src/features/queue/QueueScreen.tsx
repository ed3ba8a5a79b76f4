import { useEffect } from "react";
import { useStores } from "@/features/session/context";
import { trafficOf } from "@/features/traffic/context";
import type { QueueNews } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { Ask } from "./Ask";
import { useQueue, useQueueStore } from "./context";
import { JobDetail } from "./JobDetail";
import { JobList } from "./JobList";
import { Numbers } from "./Numbers";
import styles from "./Queue.module.css";
import { Reasons } from "./Reasons";
import { AgainAsk } from "./sends/AgainAsk";
import { sendsOf, useSends } from "./sends/context";
import { ForgetAsk } from "./sends/ForgetAsk";
import { SendDetail } from "./sends/SendDetail";
import { SendReasons } from "./sends/SendReasons";
import { isOnlyLooking } from "./store";
import { useMoving } from "./useMoving";
import { Workers } from "./Workers";

/** How much waits, what failed and why, and moving jobs on purpose. */
export function QueueScreen() {
  const store = useQueueStore();
  const { session } = useStores();
  const { host } = session.getState();
  const news = useQueue((state) => state.news);
  const sends = useQueue((state) => state.sends);
  const jobOpen = useQueue((state) => state.opened !== null || state.failure !== null);
  const sendOpen = useSends((state) => state.opened !== null);
  const open = sends ? sendOpen : jobOpen;

  useEffect(
    () =>
      host.queue.watch((told) => {
        store.getState().told(told);
        if (store.getState().sends) sendsOf(host).getState().told(told);
      }),
    [host, store],
  );

  if (!news) {
    return (
      <div className={pane.empty} aria-busy="true">
        <p>{texts.queue.loading}</p>
      </div>
    );
  }
  return (
    <div className={styles.screen}>
      <Bar news={news} />
      <Lines news={news} />
      <Numbers news={news} />
      <div className={styles.halves} data-open={open || undefined}>
        <div className={styles.left}>
          {isEmpty(news) ? (
            <Empty />
          ) : (
            <>
              {sends ? <SendReasons news={news} /> : <Reasons news={news} />}
              <JobList news={news} />
            </>
          )}
        </div>
        {sends ? <SendDetail news={news} /> : <JobDetail news={news} />}
      </div>
      <Ask news={news} />
      <ForgetAsk />
      <AgainAsk level={news.level} />
    </div>
  );
}

function Bar({ news }: { news: QueueNews }) {
  const store = useQueueStore();
  const { resume, restore } = useMoving();
  const observes = isOnlyLooking(news);
  const why = observes ? texts.queue.observes(news.level) : undefined;
  const { figures } = news;
  const t = texts.queue;
  return (
    <div className={styles.bar}>
      <h1 className={styles.title}>{t.title}</h1>
      <span className={styles.spring} />
      {observes && (
        <span className={styles.observes} title={why} data-testid="queue-observes">
          {t.observesShort}
        </span>
      )}
      {news.kept > 0 && (
        <Button
          look="quiet"
          icon="undo"
          disabled={observes}
          title={why}
          data-testid="queue-restore"
          onClick={() => void restore()}
        >
          {t.undo(news.kept)}
        </Button>
      )}
      <Workers news={news} />
      {figures?.paused ? (
        <Button
          icon="play"
          look="primary"
          disabled={observes}
          title={why}
          data-testid="queue-resume"
          onClick={() =>
            figures.parked > 0 ? store.getState().ask({ ask: "merge" }) : void resume(false)
          }
        >
          {t.resume}
        </Button>
      ) : (
        <Button
          icon="pause"
          disabled={observes || !figures}
          title={why}
          data-testid="queue-pause"
          onClick={() => store.getState().ask({ ask: "pause" })}
        >
          {t.pause}
        </Button>
      )}
    </div>
  );
}

/** What somebody should know before anything else. */
function Lines({ news }: { news: QueueNews }) {
  const { figures, trouble } = news;
  const t = texts.queue;
  return (
    <>
      {trouble && (
        <p className={styles.line} data-kind="failed" role="alert" data-testid="queue-trouble">
          <Icon name="failed" size={14} />
          <span className="selectable">
            {t.trouble} {trouble}
          </span>
        </p>
      )}
      {figures?.paused && (
        <p className={styles.line} data-kind="warning" role="status" data-testid="queue-paused">
          <Icon name="pause" size={14} />
          {t.paused} {figures.waiting > 0 && t.pausedWaiting(figures.waiting)}
        </p>
      )}
      {figures?.warnings.map((warning) => (
        <p key={warning} className={styles.line} data-kind="warning" role="status">
          <Icon name="warning" size={14} />
          <span className="selectable">{warning}</span>
        </p>
      ))}
    </>
  );
}

function isEmpty({ figures, sends }: QueueNews): boolean {
  if (!figures || sends.count > 0) return false;
  const { waiting, active, delayed, failed, completed } = figures;
  return waiting + active + delayed + failed + (completed ?? 0) === 0;
}

function Empty() {
  const { session, navigation } = useStores();
  const t = texts.queue;
  return (
    <div className={pane.empty} data-testid="queue-empty">
      <strong>{t.empty}</strong>
      <p>{t.emptyHint}</p>
      <Button
        look="primary"
        onClick={() => {
          trafficOf(session.getState().host).getState().show({ shows: "compose" });
          navigation.getState().go("traffic");
        }}
      >
        {t.compose}
      </Button>
    </div>
  );
}
