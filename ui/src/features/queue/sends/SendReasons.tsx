import type { QueueNews, SendGroup } from "@/host";
import { Button } from "@/shared/Button";
import { count } from "@/shared/number";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "../Queue.module.css";
import { isOnlyLooking } from "../store";
import { useSends, useSendsStore } from "./context";
import { useForgetting } from "./useForgetting";
import { useSendingAgain } from "./useSendingAgain";

/** Why sends failed, and what may be done about it. */
export function SendReasons({ news }: { news: QueueNews }) {
  const t = texts.queue.sends;
  const { groups, lookedAt, count: all } = news.sends;
  if (groups.length === 0) return null;
  return (
    <section className={styles.reasons} aria-label={t.title} data-testid="queue-send-reasons">
      <h2 className={styles.sectionTitle}>
        {t.title}
        {lookedAt < all && (
          <span className={styles.quiet}> · {texts.queue.reasons.latest(lookedAt)}</span>
        )}
      </h2>
      <ul>
        {groups.map((group) => (
          <Group key={group.reason} group={group} news={news} />
        ))}
      </ul>
      <p className={styles.sendsHint}>{t.hint}</p>
    </section>
  );
}

function Group({ group, news }: { group: SendGroup; news: QueueNews }) {
  const store = useSendsStore();
  const chosen = useSends((state) => state.reason === group.reason);
  const { askForget } = useForgetting();
  const { askAgain } = useSendingAgain();
  const observes = isOnlyLooking(news);
  const t = texts.queue;
  const name = group.reason || t.reasons.none;
  return (
    <li className={styles.group} data-chosen={chosen || undefined} data-testid="queue-send-reason">
      <button
        type="button"
        className={styles.reason}
        title={group.example || undefined}
        aria-pressed={chosen}
        onClick={() => store.getState().show(chosen ? null : group.reason)}
      >
        <span className={styles.groupCount}>{count(group.count)}</span>
        <span className={styles.groupReason}>{name}</span>
        <span
          className={styles.groupTime}
          title={t.reasons.when(hoverTime(group.firstAt), hoverTime(group.lastAt))}
        >
          {group.uncertain > 0 && `${t.sends.mayHave(group.uncertain, group.count)} · `}
          {t.reasons.when(exactTime(group.firstAt), exactTime(group.lastAt))}
        </span>
      </button>
      <Button
        look="quiet"
        icon="send"
        disabled={observes}
        title={observes ? t.observes(news.level) : undefined}
        data-testid="queue-again-reason"
        onClick={() => void askAgain({ which: "reason", reason: group.reason }, name)}
      >
        {t.sends.again}
      </Button>
      <Button
        look="quiet"
        disabled={observes}
        title={observes ? t.observes(news.level) : undefined}
        data-testid="queue-forget-reason"
        onClick={() => void askForget({ which: "reason", reason: group.reason }, name)}
      >
        {t.sends.forget}
      </Button>
    </li>
  );
}
