import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { MOST_CHIPS } from "../document/layout";
import styles from "./Canvas.module.css";
import type { CanvasFlowNode } from "./flow";
import { Findings, NodeFrame } from "./NodeFrame";

const say = texts.builder.canvas;

export const TriggerNode = memo(function TriggerNode({ data }: NodeProps<CanvasFlowNode>) {
  const { node, findings, media } = data;
  if (node.kind !== "trigger") return null;
  const { trigger, type } = node;
  const keywords = trigger.keywords ?? [];
  const where = media ? say.oneMedia(media) : say.target[type];
  const says =
    trigger.mode === "any_reply"
      ? say.anything[type]
      : keywords.map((keyword) => keyword.text).join(", ") || say.noKeywords;
  return (
    <NodeFrame
      id={node.id}
      look={styles.trigger}
      label={say.node(say.trigger, `${says}, ${where}`)}
      findings={findings}
    >
      <p className={styles.head}>
        <Icon name="bolt" size={14} />
        <span className={styles.title}>{say.trigger}</span>
        <span className={styles.hint}>{where}</span>
        <Findings findings={findings} />
      </p>
      <div className={styles.chips}>
        {trigger.mode === "any_reply" || keywords.length === 0 ? (
          <span className={styles.words}>{says}</span>
        ) : (
          keywords.slice(0, MOST_CHIPS).map((keyword, index) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: keywords may repeat.
              key={index}
              className={styles.chip}
              title={texts.matches[keyword.match ?? "whole_word"]}
            >
              {keyword.text || "…"}
            </span>
          ))
        )}
        {trigger.mode === "specific_keywords" && keywords.length > MOST_CHIPS && (
          <span className={styles.hint}>{say.more(keywords.length - MOST_CHIPS)}</span>
        )}
      </div>
    </NodeFrame>
  );
});
