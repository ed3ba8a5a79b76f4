import type { Awaiting } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./StateMark.module.css";

/** A state is told apart by its hue and by its icon, the same ones everywhere. */
export const AWAITING_ICON: Record<Awaiting, IconName> = {
  awaiting_opening_response: "tap",
  awaiting_follow_confirmation: "follow",
  awaiting_email: "email",
};

export const AWAITING_CLASS: Record<Awaiting, string | undefined> = {
  awaiting_opening_response: styles.opening,
  awaiting_follow_confirmation: styles.follow,
  awaiting_email: styles.email,
};

/** What is awaited, as a pill. */
export function StateMark({
  awaiting,
  short,
}: {
  awaiting: Awaiting | null | undefined;
  short?: boolean;
}) {
  if (!awaiting) {
    return (
      <span className={`${styles.mark} ${styles.nothing}`}>
        <Icon name="ring" size={12} />
        {texts.people.nothingAwaited}
      </span>
    );
  }
  return (
    <span
      className={`${styles.mark} ${AWAITING_CLASS[awaiting]}`}
      title={short ? texts.awaiting[awaiting] : undefined}
    >
      <Icon name={AWAITING_ICON[awaiting]} size={12} />
      <span className={styles.words}>
        {short ? texts.awaitingShort[awaiting] : texts.awaiting[awaiting]}
      </span>
    </span>
  );
}
