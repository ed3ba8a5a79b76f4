import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import type { StepName } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { Switch } from "@/shared/Switch";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import { plain, textOn } from "../document/says";
import { toggleStep } from "./actions";
import styles from "./Canvas.module.css";
import { useCanvas, useCanvasEditing } from "./context";
import type { CanvasFlowNode } from "./flow";
import { Findings, NodeFrame } from "./NodeFrame";
import { Words } from "./Words";

export const STEP_ICON: Record<StepName, IconName> = {
  public_reply: "comment",
  reaction: "heart",
  opening: "tap",
  follow: "follow",
  email: "email",
  main: "flag",
};

const say = texts.builder.canvas;

export const StepNode = memo(function StepNode({ data }: NodeProps<CanvasFlowNode>) {
  const { editing, readOnly } = useCanvas();
  const { node, findings, lit } = data;
  const selected = useCanvasEditing((state) => state.selected === node.id);
  if (node.kind !== "step") return null;
  const { step, fields, on } = node;
  const text = textOn(node);
  const status = lit?.flow.steps.find((each) => each.name === step)?.status;
  const variants = step === "public_reply" && Array.isArray(fields.texts) ? fields.texts.length : 0;
  const delay = typeof fields.delaySeconds === "number" ? fields.delaySeconds : 0;
  const hint = !node.fits
    ? say.misfit
    : delay > 0
      ? say.delay(spoken(delay * 1000))
      : variants > 1
        ? say.oneOf(variants)
        : null;
  return (
    <NodeFrame
      id={node.id}
      look={[styles.step, status === "passed" || status === "current" ? styles.passed : ""].join(
        " ",
      )}
      off={!on}
      label={say.node(texts.steps[step], text && plain(text))}
      findings={findings}
    >
      <div className={styles.head}>
        <Icon name={STEP_ICON[step]} size={14} />
        <span className={styles.title}>{texts.steps[step]}</span>
        <span className={styles.hint}>{hint}</span>
        {status === "passed" && <Icon name="check" size={14} className={styles.check} />}
        <Findings findings={findings} />
        <span className={`nopan ${styles.control}`}>
          <Switch
            bare
            label={say.switchStep(step)}
            on={on}
            disabled={readOnly}
            tabIndex={selected ? 0 : -1}
            testId={`switch-${step}`}
            onChange={() => toggleStep(editing.getState(), step)}
          />
        </span>
      </div>
      {text && <Words text={text} />}
      {typeof fields.button === "string" && <p className={styles.tap}>{fields.button}</p>}
    </NodeFrame>
  );
});
