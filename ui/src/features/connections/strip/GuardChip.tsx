import type { GuardLevel } from "@/host";
import { texts } from "@/texts";
import styles from "./Strip.module.css";

/** A guard level in its colour and in words. */
export function GuardChip({ level }: { level: GuardLevel }) {
  return (
    <span className={styles.chip} data-level={level} title={texts.connections.levelHints[level]}>
      {texts.connections.levels[level]}
    </span>
  );
}
