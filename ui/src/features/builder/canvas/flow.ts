/** Canvas and layout as the nodes that xyflow draws, and the lines between them. */

import type { Node } from "@xyflow/react";
import type { Flow } from "@/features/flow/model";
import type { Automation, Media } from "@/host";
import { keepUnchanged } from "@/shared/structure";
import type { Finding, Overlay } from "../contract";
import type { Canvas, CanvasNode } from "../document/canvas";
import { layoutOf } from "../document/layout";
import { type NodeId, nodeAt } from "../document/nodes";
import { type Lines, linesOf } from "./lines";

export interface LitRun {
  /** Whose run it is. */
  person: string;
  flow: Flow;
}

interface NodeData extends Record<string, unknown> {
  node: CanvasNode;
  findings: Finding[];
  overlay: Overlay | null;
  lit: LitRun | null;
  /** The name of the post or story that the trigger is for. */
  media: string | null;
  /** Whether it is the only thing to do: nothing is there yet. */
  first: boolean;
}

export type CanvasFlowNode = Node<NodeData>;

export interface Drawn {
  nodes: CanvasFlowNode[];
  lines: Lines;
  width: number;
  height: number;
}

export interface Shown {
  automation: Automation;
  canvas: Canvas;
  findings: readonly Finding[];
  overlay: Overlay | null;
  lit: LitRun | null;
  media: readonly Media[];
}

/** What did not change keeps its identity, so that only what did is drawn again. */
export function drawn(shown: Shown, before: Drawn | null): Drawn {
  const { canvas, automation } = shown;
  const layout = layoutOf(canvas);
  const found = new Map<NodeId, Finding[]>();
  for (const finding of shown.findings) {
    const id = nodeAt(automation, finding.path);
    found.set(id, [...(found.get(id) ?? []), finding]);
  }
  const isEmpty = !canvas.nodes.some((node) => node.kind === "step");
  const nodes = canvas.nodes.flatMap((node): CanvasFlowNode[] => {
    const box = layout.boxes.get(node.id);
    if (!box) return [];
    return [
      {
        id: node.id,
        type: node.kind,
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        measured: { width: box.width, height: box.height },
        data: {
          node,
          findings: found.get(node.id) ?? [],
          overlay:
            node.kind === "gate" || node.kind === "ways" || node.kind === "end"
              ? shown.overlay
              : null,
          lit:
            node.kind === "step" || node.kind === "gate" || node.kind === "end" ? shown.lit : null,
          media: node.kind === "trigger" ? mediaTitle(node, shown.media) : null,
          first: isEmpty && node.kind === "add",
        },
        // The wrapper takes no pointer by itself, and its role says nothing.
        style: { pointerEvents: "all" },
        domAttributes: { "aria-roledescription": undefined },
      },
    ];
  });
  const lines = linesOf(canvas, layout, passedNodes(shown), shown.overlay);
  return keepUnchanged(before, { nodes, lines, width: layout.width, height: layout.height });
}

function mediaTitle(node: Extract<CanvasNode, { kind: "trigger" }>, media: readonly Media[]) {
  const id = typeof node.target === "object" ? node.target.media : null;
  return id ? (media.find((each) => each.id === id)?.title ?? id) : null;
}

/** What the lit person's run has come through, from the trigger to where they stand. */
function passedNodes({ lit, canvas }: Shown): ReadonlySet<string> {
  const passed = new Set<string>();
  if (!lit || lit.flow.outcome === "none") return passed;
  const statuses = new Map(lit.flow.steps.map((step) => [step.name, step]));
  const chain = canvas.nodes.filter((node) => !["card", "addCard", "ways"].includes(node.kind));
  let until = 0;
  for (const [at, node] of chain.entries()) {
    const step = node.kind === "step" || node.kind === "gate" ? statuses.get(node.step) : undefined;
    const isReached =
      step?.status === "passed" || step?.status === "current"
        ? node.kind === "step" || step.status === "passed" || step.gate?.lit
        : false;
    if (isReached || (node.kind === "end" && lit.flow.outcome === "finished")) until = at;
  }
  for (const node of chain.slice(0, until + 1)) passed.add(node.id);
  return passed;
}
