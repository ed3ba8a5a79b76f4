import "@xyflow/react/dist/base.css";
import {
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useStoreApi,
  ViewportPortal,
} from "@xyflow/react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import type { Automation, Media } from "@/host";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import type { Finding, Overlay } from "../contract";
import { toCanvas } from "../document/canvas";
import { WAYS_WIDTH, WAYS_X } from "../document/layout";
import { type EditingStore, useEditing } from "../editing";
import { AddCardNode, AddMessageNode, AddNode } from "./AddNode";
import styles from "./Canvas.module.css";
import { CanvasProvider } from "./context";
import { type CanvasFlowNode, type Drawn, drawn, type LitRun } from "./flow";
import { EndNode, GateNode, WaysNode } from "./GateNode";
import { onCanvasKey, useHistoryKeys } from "./keys";
import { LineDrawing } from "./LineDrawing";
import { CardNode, MessageNode } from "./MessageNode";
import { StepNode } from "./StepNode";
import { Tools } from "./Tools";
import { TriggerNode } from "./TriggerNode";

const NODE_TYPES = {
  trigger: TriggerNode,
  step: StepNode,
  message: MessageNode,
  card: CardNode,
  gate: GateNode,
  ways: WaysNode,
  add: AddNode,
  addMessage: AddMessageNode,
  addCard: AddCardNode,
  end: EndNode,
};
const HIDDEN = { hideAttribution: true };
/** From so many nodes on, only those in sight are in the document. */
const MANY = 60;
const MARGIN = 24;
const NO_MEDIA: readonly Media[] = [];
const nothing = () => undefined;

interface BuilderCanvasProps {
  editing: EditingStore;
  findings: readonly Finding[];
  overlay: Overlay | null;
  lit: LitRun | null;
  media?: readonly Media[];
  readOnly?: boolean;
  /** What stands in the bar above it too. */
  tools?: ReactNode;
  onEdit?: () => void;
}

/** The automation as what it is: trigger, steps in their order, gates, and the ways out. */
export function BuilderCanvas({
  editing,
  findings,
  overlay,
  lit,
  media = NO_MEDIA,
  readOnly = false,
  tools,
  onEdit = nothing,
}: BuilderCanvasProps) {
  const draft = useEditing(editing, (state) => state.draft);
  const byKey = useRef(false);
  const context = useMemo(
    () => ({ editing, readOnly, byKey, onEdit }),
    [editing, readOnly, onEdit],
  );
  useHistoryKeys(editing, readOnly);
  if (!draft) {
    return (
      <section className={styles.canvas} aria-label={texts.builder.canvas.title}>
        <div className={pane.empty}>
          <strong>{texts.builder.canvas.empty}</strong>
          <p>{texts.builder.canvas.emptyHint}</p>
        </div>
      </section>
    );
  }
  return (
    <section
      className={styles.canvas}
      aria-label={texts.builder.canvas.title}
      data-canvas
      data-testid="canvas"
      onKeyDown={(event) => onCanvasKey(event, context)}
    >
      <CanvasProvider value={context}>
        <ReactFlowProvider>
          <Tools>{tools}</Tools>
          <div className={styles.drawing}>
            <Drawing
              draft={draft}
              editing={editing}
              findings={findings}
              overlay={overlay}
              lit={lit}
              media={media}
            />
          </div>
        </ReactFlowProvider>
      </CanvasProvider>
    </section>
  );
}

function Drawing({
  draft,
  editing,
  findings,
  overlay,
  lit,
  media,
}: {
  draft: Automation;
  editing: EditingStore;
  findings: readonly Finding[];
  overlay: Overlay | null;
  lit: LitRun | null;
  media: readonly Media[];
}) {
  const before = useRef<Drawn | null>(null);
  const canvas = useMemo(() => toCanvas(draft), [draft]);
  const shown = useMemo(() => {
    const next = drawn(
      { automation: draft, canvas, findings, overlay, lit, media },
      before.current,
    );
    before.current = next;
    return next;
  }, [draft, canvas, findings, overlay, lit, media]);
  const reveal = useView(draft.id, editing, shown, standingAt(lit));
  const { width, height } = shown;
  const extent = useMemo<[[number, number], [number, number]]>(
    () => [
      [-500, -300],
      [width + 500, height + 500],
    ],
    [width, height],
  );
  return (
    <ReactFlow<CanvasFlowNode>
      nodes={shown.nodes}
      nodeTypes={NODE_TYPES}
      proOptions={HIDDEN}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      panActivationKeyCode={null}
      zoomActivationKeyCode="Control"
      panOnScroll
      zoomOnScroll={false}
      zoomOnDoubleClick={false}
      minZoom={0.25}
      maxZoom={1.5}
      translateExtent={extent}
      onlyRenderVisibleElements={shown.nodes.length > MANY}
      onFocus={({ target }) => {
        // What the Tab key leads to is in sight.
        if (!target.matches(":focus-visible")) return;
        const node = target.closest<HTMLElement>(".react-flow__node");
        reveal(node?.dataset.id ?? null);
      }}
    >
      <ViewportPortal>
        <LineDrawing lines={shown.lines} />
      </ViewportPortal>
    </ReactFlow>
  );
}

/** Where the lit person is: a gate, or the end. */
function standingAt(lit: LitRun | null): string | null {
  if (lit?.flow.outcome === "finished") return "end";
  const step = lit?.flow.steps.find(({ gate }) => gate?.lit);
  return step ? `gate-${step.name}` : null;
}

/** Shows an automation from its top, and keeps in sight what is selected or lit. */
function useView(id: string, editing: EditingStore, shown: Drawn, lit: string | null) {
  const { setViewport } = useReactFlow();
  const store = useStoreApi();
  const room = useStore((state) => state.width);
  const selected = useEditing(editing, (state) => state.selected);
  const placed = useRef<{ id: string; room: number; zoom: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the selection, not every change.
  useEffect(() => {
    if (room === 0) return;
    const last = placed.current;
    if (last?.id !== id || last.room !== room) {
      const [x, y, zoom] = store.getState().transform;
      // Somebody who chose a size keeps it, and what was in the middle stays there.
      if (last?.id === id && zoom !== last.zoom) {
        placed.current = { ...last, room };
        void setViewport({ x: Math.round(x + (room - last.room) / 2), y, zoom });
      } else {
        const next = fitting(room);
        placed.current = { id, room, zoom: next.zoom };
        const top = last?.id === id ? Math.round((y / zoom) * next.zoom) : MARGIN;
        void setViewport({ ...next, y: top });
      }
    }
    reveal(selected);
  }, [id, room, selected, setViewport]);

  // Somebody who tries it is followed from step to step.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the person, not every change.
  useEffect(() => reveal(lit), [lit]);

  function reveal(wanted: string | null) {
    const node = shown.nodes.find((each) => each.id === wanted);
    const { transform, height } = store.getState();
    const [x, y, zoom] = transform;
    if (!node || height === 0) return;
    const top = node.position.y * zoom + y;
    const bottom = top + (node.height ?? 0) * zoom;
    const end = height - MARGIN;
    const by = top < MARGIN ? MARGIN - top : bottom > end ? end - bottom : 0;
    if (by !== 0) void setViewport({ x, y: Math.round(y + by), zoom });
  }
  return reveal;
}

/** As large as the room allows, in its middle. */
function fitting(room: number): { x: number; zoom: number } {
  const width = WAYS_X + WAYS_WIDTH;
  const zoom = Math.min(1, Math.max(0.6, (room - 2 * MARGIN) / width));
  return { x: Math.round(Math.max(MARGIN, (room - width * zoom) / 2)), zoom };
}
