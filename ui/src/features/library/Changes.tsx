import type { Change } from "@/features/builder/document/diff";
import { texts } from "@/texts";
import styles from "./Changes.module.css";

/** What differs, a line for each place: how it was and how it is. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p className={styles.none}>{texts.library.noChanges}</p>;
  return (
    <dl className={styles.changes} data-testid="changes">
      {changes.map((change) => (
        <div key={change.path} className={styles.change} data-testid={`change-${change.path}`}>
          <dt>{change.label}</dt>
          <dd>
            {change.before !== null && (
              <del className="selectable" title={texts.library.before}>
                {change.before}
              </del>
            )}
            {change.after !== null && (
              <ins className="selectable" title={texts.library.after}>
                {change.after}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
