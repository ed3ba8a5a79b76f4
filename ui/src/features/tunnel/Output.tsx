import { useEffect, useRef } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useTunnel } from "./context";
import { nameOf } from "./Standing";
import styles from "./Tunnel.module.css";

/** The program's command line and last lines, folded away until they are wanted. */
export function Output() {
  const status = useTunnel(({ news }) => news?.status ?? null);
  const list = useRef<HTMLOListElement>(null);
  const count = status?.output.length ?? 0;
  const t = texts.tunnel.output;

  // The newest line is the one that matters.
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when there are more.
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [count]);

  if (!status || status.command === null) return null;
  return (
    <details className={styles.output} data-testid="tunnel-output">
      <summary>
        {t.title(nameOf(status))}
        <span className={styles.small}>{t.count(count)}</span>
      </summary>
      <div className={styles.line}>
        <span className={styles.name}>{t.command}</span>
        <code className="selectable">{status.command}</code>
        <CopyButton small text={status.command} label={t.copy} />
      </div>
      {count === 0 ? (
        <p className={styles.hint}>{t.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls takes arrow keys.
        <ol ref={list} className={styles.lines} tabIndex={0} aria-label={t.title(nameOf(status))}>
          {status.output.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name, and only the first go.
            <li key={index} data-ours={line.ours || undefined}>
              <time title={hoverTime(line.at)}>{clockTime(line.at)}</time>
              <span className="selectable">{line.ours ? `${t.ours} ${line.text}` : line.text}</span>
            </li>
          ))}
        </ol>
      )}
    </details>
  );
}
