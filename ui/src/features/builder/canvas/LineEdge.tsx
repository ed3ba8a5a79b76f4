import { type EdgeProps, Position } from "@xyflow/react";
import { memo } from "react";
import styles from "./Canvas.module.css";
import type { CanvasFlowEdge } from "./flow";

const LANE = 6;

/** A line: along the rail, to a card, to a way out, or from a button back to its step. */
export const LineEdge = memo(function LineEdge({
  sourceX: x1,
  sourceY: y1,
  targetX: x2,
  targetY: y2,
  sourcePosition,
  data,
}: EdgeProps<CanvasFlowEdge>) {
  switch (data?.kind) {
    case "way": {
      // From a gate it leaves sideways, from the trigger downwards.
      const path =
        sourcePosition === Position.Bottom
          ? `M${x1},${y1}V${y2}H${x2}`
          : `M${x1},${y1}H${x2 - 16}V${y2}H${x2}`;
      return <path className={styles.wayLine} d={path} />;
    }
    case "card":
      return <path className={styles.line} d={`M${x1},${y1}V${y2}H${x2}`} />;
    case "button": {
      const lane = -10.5 - LANE * data.lane;
      return (
        <path
          className={styles.jump}
          d={`M${x1},${y1}H${lane}V${y2}H${x2}M${x2 - 5},${y2 - 3.5}L${x2 - 0.5},${y2}L${x2 - 5},${y2 + 3.5}`}
        />
      );
    }
    default:
      return (
        <>
          <path
            className={`${styles.line} ${data?.lit ? styles.litLine : ""}`}
            d={`M${x1},${y1}L${x2},${y2}`}
          />
          {data?.count && (
            <text className={styles.lineCount} x={x1 + 10} y={y1 + 14}>
              {data.count}
            </text>
          )}
        </>
      );
  }
});
