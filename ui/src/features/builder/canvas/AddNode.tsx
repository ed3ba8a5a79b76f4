import type { NodeProps } from "@xyflow/react";
import { memo, type ReactNode, useRef, useState } from "react";
import { LIMITS, type Message } from "@/host";
import { Icon } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { addCardTo, addMessageTo, addStepTo } from "./actions";
import styles from "./Canvas.module.css";
import { useCanvas, useCanvasEditing } from "./context";
import type { CanvasFlowNode } from "./flow";
import { MESSAGE_ICON } from "./MessageNode";
import { STEP_ICON } from "./StepNode";

const say = texts.builder.canvas;
const KINDS: readonly Message["type"][] = ["text", "buttons", "carousel", "media"];

/** A place where a step can be added, with the ones that may stand there. */
export const AddNode = memo(function AddNode({ data }: NodeProps<CanvasFlowNode>) {
  const { editing, byKey } = useCanvas();
  const { node, first } = data;
  if (node.kind !== "add") return null;
  return (
    <AddMenu label={first ? say.addFirst : say.addStep} testId="add-step" prominent={first}>
      {(close) =>
        node.steps.map((step) => (
          <MenuItem
            key={step}
            icon={STEP_ICON[step]}
            testId={`add-step-${step}`}
            onChoose={() => {
              close();
              byKey.current = true;
              addStepTo(editing.getState(), step);
            }}
          >
            {texts.steps[step]}
          </MenuItem>
        ))
      }
    </AddMenu>
  );
});

export const AddMessageNode = memo(function AddMessageNode() {
  const { editing, byKey } = useCanvas();
  return (
    <AddMenu label={say.addMessage} testId="add-message">
      {(close) =>
        KINDS.map((type) => (
          <MenuItem
            key={type}
            icon={MESSAGE_ICON[type]}
            testId={`add-message-${type}`}
            onChoose={() => {
              close();
              byKey.current = true;
              addMessageTo(editing.getState(), type);
            }}
          >
            {texts.builder.messages[type]}
          </MenuItem>
        ))
      }
    </AddMenu>
  );
});

export const AddCardNode = memo(function AddCardNode({ data }: NodeProps<CanvasFlowNode>) {
  const { editing, byKey, readOnly } = useCanvas();
  const { node } = data;
  const message = node.kind === "addCard" ? node.message : -1;
  const isNear = useCanvasEditing(
    ({ selected }) =>
      selected === `message-${message}` || (selected?.startsWith(`card-${message}-`) ?? false),
  );
  const isFull = useCanvasEditing(({ draft }) => {
    const own = draft?.steps?.main?.messages[message];
    return own?.type === "carousel" && own.cards.length >= LIMITS.cards;
  });
  if (readOnly || isFull) return null;
  return (
    <button
      type="button"
      className={`nopan ${styles.addButton}`}
      tabIndex={isNear ? 0 : -1}
      data-testid={`add-card-${message}`}
      onClick={() => {
        byKey.current = true;
        addCardTo(editing.getState(), message);
      }}
    >
      <span className={styles.plus}>
        <Icon name="add" size={14} />
      </span>
      {say.addCard}
    </button>
  );
});

function AddMenu({
  label,
  testId,
  prominent,
  children,
}: {
  label: string;
  testId: string;
  prominent?: boolean;
  children: (close: () => void) => ReactNode;
}) {
  const { readOnly } = useCanvas();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  if (readOnly) return null;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={`nopan ${styles.addButton} ${prominent ? styles.prominent : ""}`}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid={testId}
        onClick={() => setOpen((is) => !is)}
      >
        <span className={styles.plus}>
          <Icon name="add" size={14} />
        </span>
        <span className={styles.addLabel}>{label}</span>
      </button>
      <Popover anchor={anchor} open={open} onClose={() => setOpen(false)} label={label} role="menu">
        {children(() => setOpen(false))}
      </Popover>
    </>
  );
}
