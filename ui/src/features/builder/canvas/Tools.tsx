import { useReactFlow, useStore } from "@xyflow/react";
import type { ReactNode } from "react";
import { IconButton } from "@/shared/Button";
import { texts } from "@/texts";
import styles from "./Canvas.module.css";
import { useCanvas, useCanvasEditing } from "./context";

const say = texts.builder.canvas;

/** Undo and redo, what else is given, and how large the canvas is drawn. */
export function Tools({ children }: { children: ReactNode }) {
  const { editing, readOnly } = useCanvas();
  const undoLabel = useCanvasEditing((state) => state.undoLabel);
  const redoLabel = useCanvasEditing((state) => state.redoLabel);
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <div className={styles.tools} role="toolbar" aria-label={say.tools}>
      {!readOnly && (
        <>
          <IconButton
            icon="undo"
            label={say.undo(undoLabel)}
            disabled={undoLabel === null}
            data-testid="undo"
            onClick={() => editing.getState().undo()}
          />
          <IconButton
            icon="redo"
            label={say.redo(redoLabel)}
            disabled={redoLabel === null}
            data-testid="redo"
            onClick={() => editing.getState().redo()}
          />
        </>
      )}
      <span className={styles.spring} />
      {children}
      <IconButton icon="minus" label={say.zoomOut} onClick={() => void zoomOut()} />
      <span className={styles.zoom}>{zoom} %</span>
      <IconButton icon="add" label={say.zoomIn} onClick={() => void zoomIn()} />
      <IconButton
        icon="fit"
        label={say.fit}
        data-testid="fit"
        onClick={() => void fitView({ padding: 0.05, maxZoom: 1 })}
      />
    </div>
  );
}
