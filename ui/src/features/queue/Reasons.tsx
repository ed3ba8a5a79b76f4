import type { QueueNews, ReasonGroup } from "@/host";
import { Button } from "@/shared/Button";
import { count } from "@/shared/number";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import { isOnlyLooking } from "./store";
import { useMoving } from "./useMoving";

/** What failed, by why: that is what one comes here for. */
export function Reasons({ news }: { news: QueueNews }) {
  const t = texts.queue.reasons;
  const { groups, lookedAt } = news.reasons;
  if (groups.length === 0) return null;
  const all = news.figures?.failed ?? lookedAt;
  return (
    <section className={styles.reasons} aria-label={t.title} data-testid="queue-reasons">
      <h2 className={styles.sectionTitle}>
        {t.title}
        {lookedAt < all && <span className={styles.quiet}> · {t.latest(lookedAt)}</span>}
      </h2>
      <ul>
        {groups.map((group) => (
          <Group key={group.reason} group={group} news={news} more={lookedAt < all} />
        ))}
      </ul>
    </section>
  );
}

interface GroupProps {
  group: ReasonGroup;
  news: QueueNews;
  /** More have failed than were looked at, so that there may be more of this kind. */
  more: boolean;
}

function Group({ group, news, more }: GroupProps) {
  const store = useQueueStore();
  const chosen = useQueue(({ reason, tab }) => tab === "failed" && reason === group.reason);
  const { askRetry, askRemove } = useMoving();
  const observes = isOnlyLooking(news);
  const t = texts.queue.reasons;
  const name = group.reason || t.none;
  const why = observes ? texts.queue.observes(news.level) : undefined;
  const choice = { which: "reason", reason: group.reason } as const;
  return (
    <li className={styles.group} data-chosen={chosen || undefined} data-testid="queue-reason">
      <button
        type="button"
        className={styles.reason}
        title={group.example || undefined}
        aria-pressed={chosen}
        onClick={() => store.getState().show("failed", chosen ? null : group.reason)}
      >
        <span className={styles.groupCount}>{count(group.count)}</span>
        <span className={styles.groupReason}>{name}</span>
        {group.lastAt !== null && (
          <span
            className={styles.groupTime}
            title={t.when(hoverTime(group.firstAt ?? group.lastAt), hoverTime(group.lastAt))}
          >
            {t.when(exactTime(group.firstAt ?? group.lastAt), exactTime(group.lastAt))}
          </span>
        )}
      </button>
      <Button
        icon="retry"
        disabled={observes}
        title={why}
        data-testid="queue-retry-reason"
        onClick={() => void askRetry(choice, name)}
      >
        {more ? t.retryAll : t.retry(group.count)}
      </Button>
      <Button
        look="quiet"
        disabled={observes}
        title={why}
        data-testid="queue-discard-reason"
        onClick={() => void askRemove("failed", choice, name)}
      >
        {t.discard}
      </Button>
    </li>
  );
}
