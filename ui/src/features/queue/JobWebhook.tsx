import { KIND_ICON } from "@/features/traffic/kind";
import { useWho } from "@/features/traffic/TrafficLine";
import type { JobWebhook as Webhook } from "@/host";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Queue.module.css";

/** What the webhook in a job is about: its kind, who is on the other side, what they say. */
export function JobWebhook({ webhook }: { webhook: Webhook }) {
  const who = useWho(webhook);
  const kind = texts.kinds[webhook.kind];
  const { text, more } = webhook;
  return (
    <span className={styles.webhook} title={[kind, who, text].filter(Boolean).join(" · ")}>
      <Icon name={KIND_ICON[webhook.kind]} size={14} label={kind} />
      <span className={styles.who}>{who}</span>
      <span className={styles.said}>{text}</span>
      {more > 0 && <span className={styles.moreEvents}>{texts.queue.moreEvents(more)}</span>}
    </span>
  );
}
