/**
 * The lines between the nodes, as a few paths of which each is drawn at once: hundreds of
 * lines cost no more than one.
 */

import { texts } from "@/texts";
import type { Overlay } from "../contract";
import { buttonsOf, type Canvas, type CanvasNode } from "../document/canvas";
import { type Box, HEAD, type Layout, PAD, RAIL, TITLE, WAY_HEIGHT } from "../document/layout";
import { TRIGGER } from "../document/nodes";
import { GATES } from "../document/steps";
import { droppedShare, onward } from "./overlay";

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
  const trunks = { ways: new Trunks(), jumps: new Trunks() };
  const targets = [
    ...new Set(canvas.edges.flatMap((edge) => (edge.kind === "button" ? [edge.to] : []))),
  ];
  for (const edge of canvas.edges) {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    const source = nodes.get(edge.from);
    if (!from || !to || !source) continue;
    const bottom = from.y + from.height;
    switch (edge.kind) {
      case "next": {
        const line = `M${RAIL + HALF},${bottom}V${to.y}`;
        if (passed.has(edge.from) && passed.has(edge.to)) lines.lit += line;
        else lines.rail += line;
        const text = countOn(edge.from, overlay);
        if (text) lines.counts.push({ id: edge.id, x: RAIL + 10, y: bottom + 16, text });
        break;
      }
      case "card":
        // The rail goes on beside the cards, to what comes next.
        lines.rail += `M${RAIL + HALF},${middle(to)}H${to.x}`;
        break;
      case "way": {
        // From a gate it leaves sideways, having begun below it; from the trigger downwards.
        const y = to.y + (edge.at ?? 0) * WAY_HEIGHT + WAY_HEIGHT / 2 + HALF;
        const bend = to.x - 18 + HALF;
        const isTrigger = source.kind === "trigger";
        trunks.ways.add(edge.from, bend, isTrigger ? bottom : middle(from), y);
        if (!isTrigger && !edge.at) lines.ways += `M${RAIL * 2},${middle(from)}H${bend}`;
        lines.ways += `M${bend},${y}H${to.x}`;
        break;
      }
      case "button": {
        const lane = -(LANE * 2 + targets.indexOf(edge.to) * LANE) + HALF;
        const y = buttonAt(source, from, edge.at ?? 0);
        const end = to.y + PAD + HEAD / 2 + HALF;
        if (trunks.jumps.add(edge.to, lane, y, end)) {
          lines.jumps += `M${lane},${end}H${to.x}m-5,-3.5l4.5,3.5l-4.5,3.5`;
        }
        lines.jumps += `M${from.x},${y}H${lane}`;
        break;
      }
    }
  }
  lines.ways += trunks.ways.drawn();
  lines.jumps += trunks.jumps.drawn();
  return lines;
}

/** Upright parts that several lines share: each is drawn once, or they would grow darker. */
class Trunks {
  private readonly spans = new Map<string, { x: number; from: number; to: number }>();

  /** Whether it is the first line of this trunk. */
  add(key: string, x: number, start: number, end: number): boolean {
    const span = this.spans.get(key);
    const from = Math.min(start, end, span?.from ?? start);
    const to = Math.max(start, end, span?.to ?? end);
    this.spans.set(key, { x, from, to });
    return !span;
  }

  drawn(): string {
    return [...this.spans.values()].map(({ x, from, to }) => `M${x},${from}V${to}`).join("");
  }
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

/** How many conversations went along a line, and which share did not; null where none was. */
function countOn(from: string, overlay: Overlay | null): string | null {
  if (!overlay) return null;
  const say = texts.builder.canvas;
  if (from === TRIGGER) return overlay.started > 0 ? say.started(overlay.started) : null;
  const gate = GATES.find(([step]) => from === `gate-${step}`);
  const share = gate ? droppedShare(overlay, gate[1]) : null;
  if (!gate || share === null) return null;
  const went = say.went(onward(overlay, gate[1]));
  return share > 0 ? `${went}, ${say.dropped((share * 100).toFixed(0))}` : went;
}
