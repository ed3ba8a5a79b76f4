import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import type { Finding } from "../contract";
import { type NodeId, TRIGGER } from "../document/nodes";
import styles from "./Canvas.module.css";
import { useCanvas, useCanvasEditing } from "./context";

interface NodeFrameProps {
  id: NodeId;
  /** What it is and says, for those who do not see it. */
  label: string;
  look?: string | undefined;
  off?: boolean;
  findings: readonly Finding[];
  children: ReactNode;
}

/** A part that can be selected and edited: the whole card is one button, with others on it. */
export function NodeFrame({ id, label, look, off, findings, children }: NodeFrameProps) {
  const { editing, byKey, onEdit } = useCanvas();
  const selected = useCanvasEditing((state) => state.selected === id);
  const isStop = useCanvasEditing((state) => (state.selected ?? TRIGGER) === id);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (selected && byKey.current && isOnCanvas()) button.current?.focus({ preventScroll: true });
  }, [selected, byKey]);
  return (
    <div
      className={[styles.card, look, off ? styles.off : "", selected ? styles.selected : ""]
        .filter(Boolean)
        .join(" ")}
      data-testid={`node-${id}`}
      data-selected={selected}
      data-off={off || undefined}
    >
      <button
        ref={button}
        type="button"
        className={`nopan ${styles.choose}`}
        aria-label={[label, off ? texts.builder.canvas.off : null, summary(findings)]
          .filter(Boolean)
          .join(", ")}
        aria-current={selected || undefined}
        tabIndex={isStop ? 0 : -1}
        data-node={id}
        onClick={() => {
          byKey.current = false;
          editing.getState().select(id);
          onEdit();
        }}
      />
      {children}
    </div>
  );
}

/** How much was found, on the node that it is about. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const bad = findings.some((finding) => finding.severity === "error");
  return (
    <span
      className={bad ? styles.error : styles.warning}
      title={findings.map((finding) => finding.message).join("\n")}
      data-testid="node-findings"
    >
      <Icon name={bad ? "failed" : "warning"} size={14} />
      {findings.length > 1 && findings.length}
    </span>
  );
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  return texts.builder.canvas.findings(errors, findings.length - errors);
}

/** Whether the focus is on the canvas, or was on a part of it that is gone. */
function isOnCanvas(): boolean {
  const focused = document.activeElement;
  return !focused || focused === document.body || focused.closest("[data-canvas]") !== null;
}
