import { texts } from "@/texts";
import styles from "./Connections.module.css";

interface SaysProps {
  says: string;
  /** Whether the list is in sight at once. */
  open?: boolean;
}

/** What a check says: a sentence, and behind it the list where it names several things. */
export function Says({ says, open = false }: SaysProps) {
  const [, sentence = says, rest = ""] = /^(.+?\.) (.+; .+)$/s.exec(says) ?? [];
  if (rest === "") return <span className="selectable">{says}</span>;
  const things = rest.split("; ");
  const list = (
    <ul>
      {things.map((thing) => (
        <li key={thing} className="selectable">
          {thing}
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <span className="selectable">{sentence}</span>
      {open ? (
        <div className={styles.things}>{list}</div>
      ) : (
        <details className={styles.things}>
          <summary>{texts.connections.checks.which(things.length)}</summary>
          {list}
        </details>
      )}
    </>
  );
}
