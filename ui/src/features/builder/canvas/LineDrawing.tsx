import { memo } from "react";
import styles from "./Canvas.module.css";
import type { Lines } from "./lines";

/** The lines, below everything else. What they say is said by the nodes too. */
export const LineDrawing = memo(function LineDrawing({ lines }: { lines: Lines }) {
  return (
    <svg className={styles.lines} aria-hidden="true">
      <path className={styles.wayLine} d={lines.ways} />
      <path className={styles.line} d={lines.rail} />
      <path className={styles.jump} d={lines.jumps} />
      <path className={styles.litLine} d={lines.lit} />
      {lines.counts.map(({ id, x, y, text }) => (
        <text key={id} className={styles.lineCount} x={x} y={y}>
          {text}
        </text>
      ))}
    </svg>
  );
});
