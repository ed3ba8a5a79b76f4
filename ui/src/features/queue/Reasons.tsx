import type { QueueNews, ReasonGroup } from "@/host";
import { Button } from "@/shared/Button";
import { count } from "@/shared/number";
import { exactTime } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import { isOnlyLooking } from "./store";

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
          <Group key={group.reason} group={group} news={news} />
        ))}
      </ul>
    </section>
  );
}

function Group({ group, news }: { group: ReasonGroup; news: QueueNews }) {
  const store = useQueueStore();
  const chosen = useQueue(({ reason, tab }) => tab === "failed" && reason === group.reason);
  const observes = isOnlyLooking(news);
  const t = texts.queue.reasons;
  const name = group.reason || t.none;
  const why = observes ? texts.queue.observes(news.level) : undefined;
  const these = {
    choice: { which: "reason", reason: group.reason },
    count: group.count,
    reason: name,
  } as const;
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
          <span className={styles.groupTime}>
            {t.when(exactTime(group.firstAt ?? group.lastAt), exactTime(group.lastAt))}
          </span>
        )}
      </button>
      <Button
        icon="retry"
        disabled={observes}
        title={why}
        data-testid="queue-retry-reason"
        onClick={() => store.getState().ask({ ask: "retry", ...these })}
      >
        {t.retry(group.count)}
      </Button>
      <Button
        look="quiet"
        disabled={observes}
        title={why}
        data-testid="queue-discard-reason"
        onClick={() => store.getState().ask({ ask: "discard", from: "failed", ...these })}
      >
        {t.discard}
      </Button>
    </li>
  );
}
