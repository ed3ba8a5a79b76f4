import type { OpenedDelivery, Tone } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { AnswerFor } from "./AnswerFor";
import styles from "./Delivery.module.css";

const ICON: Record<Tone, IconName> = {
  plain: "minus",
  good: "check",
  waiting: "clock",
  warning: "warning",
  failed: "failed",
};

/** What happened, in sentences. */
export function Story({ opened }: { opened: OpenedDelivery }) {
  return (
    <>
      <ol className={styles.story} data-testid="traffic-story">
        {opened.story.map((sentence, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the sentences of a story never move.
          <li key={index} data-tone={sentence.tone}>
            <Icon
              name={ICON[sentence.tone]}
              size={14}
              label={texts.traffic.tones[sentence.tone] || undefined}
            />
            <span className={`${styles.sentence} selectable`}>{sentence.text}</span>
          </li>
        ))}
      </ol>
      <AnswerFor opened={opened} />
    </>
  );
}
