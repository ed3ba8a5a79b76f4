import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { AWAITING_CLASS, AWAITING_ICON } from "@/features/people/StateMark";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { stepNode } from "../document/nodes";
import { countedAs, type WayOut } from "../document/ways";
import styles from "./Canvas.module.css";
import { useCanvas } from "./context";
import type { CanvasFlowNode } from "./flow";
import { finished, wentOut } from "./overlay";

const say = texts.builder.canvas;

/** A waiting state between two steps, with how many stand there now. */
export const GateNode = memo(function GateNode({ data }: NodeProps<CanvasFlowNode>) {
  const { editing, byKey, onEdit } = useCanvas();
  const { node, overlay, lit } = data;
  if (node.kind !== "gate") return null;
  const isLit = lit?.flow.steps.some((step) => step.name === node.step && step.gate?.lit);
  const standing = overlay?.standing[node.awaiting] ?? 0;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`nopan ${styles.gate} ${AWAITING_CLASS[node.awaiting]} ${isLit ? styles.lit : ""}`}
      title={isLit && lit ? say.here(lit.person) : undefined}
      data-testid={`gate-${node.step}`}
      data-lit={isLit || undefined}
      onClick={() => {
        byKey.current = false;
        editing.getState().select(stepNode(node.step));
        onEdit();
      }}
    >
      <Icon name={AWAITING_ICON[node.awaiting]} size={14} />
      <span>{texts.awaiting[node.awaiting]}</span>
      {standing > 0 && (
        <span
          className={styles.standing}
          title={say.standing(standing)}
          data-testid={`standing-${node.step}`}
        >
          {standing}
        </span>
      )}
    </button>
  );
});

/** The ways out beside a gate or below the trigger. */
export const WaysNode = memo(function WaysNode({ data }: NodeProps<CanvasFlowNode>) {
  const { node, overlay } = data;
  if (node.kind !== "ways") return null;
  const { from } = node;
  return (
    <ul className={styles.ways} aria-label={say.ways} data-testid={node.id}>
      {node.ways.map((way) => {
        const to = countedAs(way);
        const count = overlay && to && from !== "trigger" ? wentOut(overlay, from, to) : 0;
        return (
          <li key={way.kind} className={styles.way} data-way={way.kind}>
            <span className={styles.wayWords}>{wordsOf(way)}</span>
            {count > 0 && <span className={styles.wentOut}>{count}</span>}
          </li>
        );
      })}
    </ul>
  );
});

function wordsOf(way: WayOut): string {
  switch (way.kind) {
    case "retry":
      return say.retry[way.step](way.most, way.exhausted);
    case "expired":
      return say.expired;
    case "left":
      return say.left;
    case "no_keyword":
      return say.noKeyword;
    case "comment_reply":
      return say.commentReply;
  }
}

export const EndNode = memo(function EndNode({ data }: NodeProps<CanvasFlowNode>) {
  const { overlay, lit } = data;
  const isLit = lit?.flow.outcome === "finished";
  const through = overlay ? finished(overlay) : 0;
  return (
    <p className={`${styles.end} ${isLit ? styles.endLit : ""}`} data-testid="node-end">
      <Icon name={isLit ? "check" : "ring"} size={14} />
      <span>{say.end}</span>
      {through > 0 && <span className={styles.count}>{say.finished(through)}</span>}
    </p>
  );
});
