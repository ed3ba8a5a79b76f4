import { IconButton } from "@/shared/Button";
import { texts } from "@/texts";
import styles from "./Queue.module.css";
import { PAGE } from "./store";

/** Which part of a long list is shown; null where nothing is known of it yet. */
interface Shown {
  skip: number;
  total: number;
  rows: readonly unknown[];
}

/** The way through the pages of a list, where it has several. */
export function Pager({ page, turn }: { page: Shown | null; turn: (skip: number) => void }) {
  const t = texts.queue;
  if (!page || page.total <= PAGE) return null;
  const end = page.skip + page.rows.length;
  return (
    <span className={styles.pager}>
      <span data-testid="queue-range">{t.range(page.skip + 1, end, page.total)}</span>
      <IconButton
        small
        icon="left"
        label={t.earlier}
        disabled={page.skip === 0}
        onClick={() => turn(page.skip - PAGE)}
      />
      <IconButton
        small
        icon="right"
        label={t.later}
        disabled={end >= page.total}
        data-testid="queue-later"
        onClick={() => turn(page.skip + PAGE)}
      />
    </span>
  );
}
