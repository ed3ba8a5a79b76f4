/** Canvas and layout as the nodes and edges that xyflow draws. */

import { type Edge, type Node, type NodeHandle, Position } from "@xyflow/react";
import type { Flow } from "@/features/flow/model";
import type { Automation, Media } from "@/host";
import { keepUnchanged } from "@/shared/structure";
import { texts } from "@/texts";
import type { Finding, Overlay } from "../contract";
import { buttonsOf, type Canvas, type CanvasEdge, type CanvasNode } from "../document/canvas";
import { type Box, HEAD, layoutOf, PAD, RAIL, TITLE, WAY_HEIGHT } from "../document/layout";
import { type NodeId, nodeAt, TRIGGER } from "../document/nodes";
import { GATES } from "../document/steps";
import { onward } from "./overlay";

export interface LitRun {
  /** Whose run it is. */
  person: string;
  flow: Flow;
}

export interface NodeData extends Record<string, unknown> {
  node: CanvasNode;
  findings: Finding[];
  overlay: Overlay | null;
  lit: LitRun | null;
  /** The name of the post or story that the trigger is for. */
  media: string | null;
  /** Whether it is the only thing to do: nothing is there yet. */
  first: boolean;
}

export interface EdgeData extends Record<string, unknown> {
  kind: CanvasEdge["kind"];
  lit: boolean;
  count: string | null;
  /** The lane that a line from a button to its step runs in. */
  lane: number;
}

export type CanvasFlowNode = Node<NodeData>;
export type CanvasFlowEdge = Edge<EdgeData>;

export interface Drawn {
  nodes: CanvasFlowNode[];
  edges: CanvasFlowEdge[];
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
        handles: handlesOf(node, box),
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
  const targets = [...new Set(canvas.edges.filter((e) => e.kind === "button").map((e) => e.to))];
  const passed = passedNodes(shown);
  const edges = canvas.edges.map((edge): CanvasFlowEdge => {
    const { id, kind, from, to, at } = edge;
    return {
      id,
      type: "line",
      source: from,
      target: to,
      sourceHandle: kind === "button" ? `button-${at}` : kind,
      targetHandle: kind === "way" ? `way-${at}` : kind,
      focusable: false,
      selectable: false,
      data: {
        kind,
        lit: kind === "next" && passed.has(from) && passed.has(to),
        count: kind === "next" ? countOn(from, shown.overlay) : null,
        lane: Math.max(0, targets.indexOf(to)),
      },
    };
  });
  return keepUnchanged(before, { nodes, edges, width: layout.width, height: layout.height });
}

/** How many conversations went along a line; null where that is not told. */
function countOn(from: string, overlay: Overlay | null): string | null {
  if (!overlay) return null;
  if (from === TRIGGER) return texts.builder.canvas.started(overlay.started);
  const gate = GATES.find(([step]) => from === `gate-${step}`);
  return gate ? texts.builder.canvas.went(onward(overlay, gate[1])) : null;
}

/** Where lines begin and end on a node. */
function handlesOf(node: CanvasNode, { x, width, height }: Box): NodeHandle[] {
  const handle = (
    id: string,
    type: "source" | "target",
    position: Position,
    left: number,
    top: number,
  ): NodeHandle => ({ id, type, position, x: left, y: top, width: 1, height: 1 });
  const rail = RAIL - x;
  const handles = [
    handle("next", "target", Position.Top, rail, 0),
    handle("next", "source", Position.Bottom, rail, height - 1),
    handle("card", "source", Position.Bottom, rail, height - 1),
    handle("card", "target", Position.Left, 0, Math.round(height / 2)),
    handle("way", "source", Position.Right, width - 1, Math.round(height / 2)),
    handle("button", "target", Position.Left, 0, PAD + HEAD / 2),
  ];
  if (node.kind === "trigger") {
    handles[4] = handle("way", "source", Position.Bottom, 200, height - 1);
  }
  if (node.kind === "ways") {
    for (const [at] of node.ways.entries()) {
      handles.push(
        handle(`way-${at}`, "target", Position.Left, 0, at * WAY_HEIGHT + WAY_HEIGHT / 2),
      );
    }
  }
  const taps = buttonsOf(node);
  const isRow = node.kind === "message" && node.message.type === "text";
  for (const [at] of taps.entries()) {
    const fromBottom = isRow ? 1 : taps.length - at;
    handles.push(
      handle(
        `button-${at}`,
        "source",
        Position.Left,
        0,
        Math.round(height - PAD - fromBottom * TITLE + TITLE / 2),
      ),
    );
  }
  return handles;
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
