import { texts } from "@/texts";
import styles from "./Connections.module.css";

interface SaysProps {
  says: string;
  /** Whether what is listed behind the first sentence is in sight at once. */
  open?: boolean;
}

/** What a check says: a sentence, and behind it the list where it names several things. */
export function Says({ says, open = false }: SaysProps) {
  const [, sentence = says, rest = ""] = /^(.+?\.) (.+; .+)$/s.exec(says) ?? [];
  if (rest === "") return <span className="selectable">{says}</span>;
  const things = rest.split("; ");
  return (
    <>
      <span className="selectable">{sentence}</span>
      <details className={styles.things} open={open}>
        <summary>{texts.connections.checks.which(things.length)}</summary>
        <ul>
          {things.map((thing) => (
            <li key={thing} className="selectable">
              {thing}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
