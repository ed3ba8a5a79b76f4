import type { JobsIn, QueueNews } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import { isOnlyLooking } from "./store";
import { these, useMoving } from "./useMoving";

interface SeveralProps {
  news: QueueNews;
}

/** What can be done with the jobs that are selected. */
export function Marked({ news }: SeveralProps) {
  const store = useQueueStore();
  const { askRemove, retry, promote } = useMoving();
  const tab = useQueue((state) => state.tab);
  const marked = useQueue((state) => state.marked);
  const does = { disabled: isOnlyLooking(news), title: whyNot(news) };
  const choice = these([...marked]);
  const count = marked.size;
  const t = texts.queue;
  return (
    <>
      <span className={styles.pager} role="status" data-testid="queue-marked">
        {t.marked(count)}
        <IconButton small icon="close" label={t.unmark} onClick={() => store.getState().unmark()} />
      </span>
      {tab === "failed" && (
        <Button
          look="quiet"
          icon="retry"
          {...does}
          data-testid="queue-retry-marked"
          onClick={() =>
            news.level === "live"
              ? store.getState().ask({ ask: "retry", choice, count })
              : void retry(choice)
          }
        >
          {t.retryMarked(count)}
        </Button>
      )}
      {tab === "delayed" && (
        <Button
          look="quiet"
          icon="toEnd"
          {...does}
          data-testid="queue-promote-marked"
          onClick={() => void promote(choice)}
        >
          {t.promoteMarked(count)}
        </Button>
      )}
      <Button
        look="quiet"
        icon="trash"
        {...does}
        data-testid="queue-remove-marked"
        onClick={() => void askRemove(tab, choice)}
      >
        {t.removeMarked(count)}
      </Button>
    </>
  );
}

/** What can be done with all jobs of the state that is shown. */
export function All({ news }: SeveralProps) {
  const store = useQueueStore();
  const { askRemove, askRetry, askPromote } = useMoving();
  const tab = useQueue((state) => state.tab);
  const reason = useQueue((state) => state.reason);
  const does = { disabled: isOnlyLooking(news), title: whyNot(news) };
  const counted = (state: JobsIn) => news.figures?.[state] ?? 0;
  const all = { which: "all" } as const;
  const t = texts.queue;
  if (tab === "failed" && reason !== null) {
    return (
      <Button
        look="quiet"
        icon="close"
        data-testid="queue-all-reasons"
        title={t.reasons.only(reason || t.reasons.none)}
        onClick={() => store.getState().show("failed")}
      >
        {t.reasons.all}
      </Button>
    );
  }
  const count = counted(tab);
  if (tab === "failed") {
    if (news.reasons.groups.length < 2) return null;
    return (
      <Button
        look="quiet"
        icon="retry"
        {...does}
        data-testid="queue-retry-all"
        onClick={() => void askRetry(all)}
      >
        {t.reasons.retry(count)}
      </Button>
    );
  }
  if (count === 0 || (tab !== "delayed" && tab !== "waiting")) return null;
  return (
    <>
      {tab === "delayed" && (
        <Button
          look="quiet"
          icon="toEnd"
          {...does}
          data-testid="queue-promote-all"
          onClick={() => void askPromote(all)}
        >
          {t.promoteAll(count)}
        </Button>
      )}
      <Button
        look="quiet"
        icon="trash"
        {...does}
        data-testid="queue-remove-all"
        onClick={() => void askRemove(tab, all)}
      >
        {t.removeAll(count)}
      </Button>
    </>
  );
}

function whyNot(news: QueueNews): string | undefined {
  return isOnlyLooking(news) ? texts.queue.observes(news.level) : undefined;
}
