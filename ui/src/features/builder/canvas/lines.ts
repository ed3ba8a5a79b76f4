/**
 * The lines between the nodes, as a few paths of which each is drawn at once: hundreds of
 * lines cost no more than one.
 */

import { texts } from "@/texts";
import type { Overlay } from "../contract";
import { buttonsOf, type Canvas, type CanvasEdge, type CanvasNode } from "../document/canvas";
import { type Box, HEAD, type Layout, PAD, RAIL, TITLE, WAY_HEIGHT } from "../document/layout";
import { TRIGGER } from "../document/nodes";
import { GATES } from "../document/steps";
import { onward } from "./overlay";

export interface Lines {
  /** Along the rail, and to the cards. */
  rail: string;
  /** To the ways out. */
  ways: string;
  /** From buttons to the steps that they lead to. */
  jumps: string;
  /** Where the lit person came through. */
  lit: string;
  /** What is written beside a line. */
  counts: { id: string; x: number; y: number; text: string }[];
}

/** Half a pixel, so that a line of one pixel is on one. */
const HALF = 0.5;
const LANE = 6;

export function linesOf(
  canvas: Canvas,
  { boxes }: Layout,
  passed: ReadonlySet<string>,
  overlay: Overlay | null,
): Lines {
  const lines: Lines = { rail: "", ways: "", jumps: "", lit: "", counts: [] };
  const nodes = new Map(canvas.nodes.map((node) => [node.id, node]));
  const jumps = canvas.edges.filter((edge) => edge.kind === "button");
  const targets = [...new Set(jumps.map((edge) => edge.to))];
  for (const edge of canvas.edges) {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    const source = nodes.get(edge.from);
    if (!from || !to || !source) continue;
    switch (edge.kind) {
      case "next": {
        const line = `M${RAIL + HALF},${from.y + from.height}V${to.y}`;
        if (passed.has(edge.from) && passed.has(edge.to)) lines.lit += line;
        else lines.rail += line;
        const text = countOn(edge.from, overlay);
        if (text) {
          lines.counts.push({ id: edge.id, x: RAIL + 10, y: from.y + from.height + 16, text });
        }
        break;
      }
      case "card":
        lines.rail += `M${RAIL + HALF},${from.y + from.height}V${middle(to)}H${to.x}`;
        break;
      case "way":
        lines.ways += wayLine(source, from, to, edge);
        break;
      case "button": {
        const lane = -(LANE * 2 + targets.indexOf(edge.to) * LANE) + HALF;
        const y = buttonAt(source, from, edge.at ?? 0);
        const end = to.y + PAD + HEAD / 2 + HALF;
        lines.jumps += `M${from.x},${y}H${lane}V${end}H${to.x}m-5,-3.5l4.5,3.5l-4.5,3.5`;
        break;
      }
    }
  }
  return lines;
}

/** From a gate it leaves sideways, having begun below it; from the trigger downwards. */
function wayLine(source: CanvasNode, from: Box, to: Box, { at = 0 }: CanvasEdge): string {
  const y = to.y + at * WAY_HEIGHT + WAY_HEIGHT / 2 + HALF;
  const bend = to.x - 18 + HALF;
  return source.kind === "trigger"
    ? `M${bend},${from.y + from.height}V${y}H${to.x}`
    : `M${from.x + RAIL * 2},${middle(from)}H${bend}V${y}H${to.x}`;
}

function middle({ y, height }: Box): number {
  return Math.floor(y + height / 2) + HALF;
}

/** Quick replies stand in one row; buttons each in their own. */
function buttonAt(node: CanvasNode, { y, height }: Box, at: number): number {
  const isRow = node.kind === "message" && node.message.type === "text";
  const fromBottom = isRow ? 1 : buttonsOf(node).length - at;
  return y + height - PAD - fromBottom * TITLE + TITLE / 2 + HALF;
}

/** How many conversations went along a line; null where that is not told. */
function countOn(from: string, overlay: Overlay | null): string | null {
  if (!overlay) return null;
  if (from === TRIGGER) return texts.builder.canvas.started(overlay.started);
  const gate = GATES.find(([step]) => from === `gate-${step}`);
  return gate ? texts.builder.canvas.went(onward(overlay, gate[1])) : null;
}
