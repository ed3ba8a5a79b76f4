/**
 * Where everything stands: one column from top to bottom along a rail, with cards and
 * gates hanging on it and the ways out beside the gates. Sizes follow from what a node
 * shows, so that nothing has to be measured.
 */

import { buttonsOf, type Canvas, type CanvasNode } from "./canvas";
import { plain, textOn } from "./says";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  boxes: ReadonlyMap<string, Box>;
  width: number;
  height: number;
}

const COLUMN = 288;
/** The line that joins the nodes runs this far from the left. */
export const RAIL = 16;
const INDENT = 36;
const GATE_WIDTH = 196;
export const WAYS_X = 228;
export const WAYS_WIDTH = 204;
export const WAY_HEIGHT = 36;
const LINE = 18;
export const TITLE = 24;
export const HEAD = 24;
export const PAD = 8;
const GAP = 16;
const TIGHT = 8;
const MOST_LINES = 3;
/** What a card leaves for its text. */
const ROOM = COLUMN - 2 * 12;

export function layoutOf(canvas: Canvas): Layout {
  const boxes = new Map<string, Box>();
  let y = 0;
  let last: CanvasNode | null = null;
  for (const node of canvas.nodes) {
    const { x, width, height } = sizeOf(node);
    if (node.kind === "ways" && last) {
      // Beside the gate it leaves; below the trigger, which takes the whole width.
      const gate = boxes.get(last.id);
      const top = last.kind === "gate" && gate ? gate.y : y + TIGHT;
      boxes.set(node.id, { x, y: top, width, height });
      y = Math.max(y, top + height);
    } else {
      y += last ? gapBetween(last, node) : 0;
      boxes.set(node.id, { x, y, width, height });
      y += height;
    }
    last = node;
  }
  return { boxes, width: WAYS_X + WAYS_WIDTH, height: y };
}

function gapBetween(above: CanvasNode, below: CanvasNode): number {
  const isPart = (node: CanvasNode) =>
    ["message", "card", "addCard", "addMessage"].includes(node.kind);
  return isPart(below) || above.kind === "card" ? TIGHT : GAP;
}

function sizeOf(node: CanvasNode): Omit<Box, "y"> {
  const wide = (height: number) => ({ x: 0, width: COLUMN, height });
  const lines = linesOf(textOn(node), node.kind === "card" ? ROOM - INDENT : ROOM) * LINE;
  switch (node.kind) {
    case "trigger": {
      const { mode, keywords = [] } = node.trigger;
      const chips = mode === "specific_keywords" ? keywords.map(({ text }) => text) : [];
      return wide(2 * PAD + HEAD + rowsOf(chips.slice(0, MOST_CHIPS)) * TITLE);
    }
    case "step": {
      const button = typeof node.fields.button === "string" ? TITLE + 2 : 0;
      return wide(2 * PAD + HEAD + lines + button);
    }
    case "message": {
      const { length } = buttonsOf(node);
      const taps = node.message.type === "text" ? Math.min(length, 1) : length;
      return wide(2 * PAD + HEAD + lines + taps * TITLE);
    }
    case "card":
      return {
        x: INDENT,
        width: COLUMN - INDENT,
        height: 2 * PAD + HEAD + lines + buttonsOf(node).length * TITLE,
      };
    case "gate":
      return { x: 0, width: GATE_WIDTH, height: 28 };
    case "ways":
      return { x: WAYS_X, width: WAYS_WIDTH, height: node.ways.length * WAY_HEIGHT };
    case "add":
      return { x: RAIL - 12, width: 180, height: 24 };
    case "addMessage":
      return { x: RAIL - 12, width: 180, height: 24 };
    case "addCard":
      return { x: INDENT, width: 160, height: 24 };
    case "end":
      return { x: 0, width: COLUMN, height: 28 };
  }
}

/** How many keywords are shown; the others are counted. */
export const MOST_CHIPS = 8;

/** Lines that a text takes, at most as many as are shown: words are broken as on the screen. */
function linesOf(text: string | null, room: number): number {
  if (!text) return 0;
  let lines = 0;
  for (const line of plain(text).split("\n")) {
    lines += 1;
    let used = 0;
    for (const word of line.split(/(?<= )/)) {
      const width = widthOf(word);
      if (used > 0 && used + width > room) {
        lines += 1;
        used = 0;
      }
      // A word that is wider than the card is broken anywhere.
      lines += Math.max(0, Math.ceil(width / room) - 1);
      used += width % room;
    }
  }
  return Math.min(lines, MOST_LINES);
}

/** How wide letters are in the window's typeface at 13 px, roughly. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[jlIi]/, 3.2],
  [/[ !;,':t.|]/, 4],
  [/[1fr()/-]/, 5.2],
  [/[mw]/, 11.2],
  [/[a-z\d\u00df-\u00ff]/, 7.7],
  [/[MW]/, 12.6],
  [/[^\u2e80-\u{10ffff}]/u, 9.2],
];
const WIDEST = 17;

/** About how wide a text is. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += WIDTHS.find(([letters]) => letters.test(char))?.[1] ?? WIDEST;
  return width;
}

/** Rows that chips with these words take. */
function rowsOf(words: readonly string[]): number {
  let rows = 1;
  let used = 0;
  for (const word of words) {
    const width = Math.min(ROOM, widthOf(word) + 18);
    if (used > 0 && used + width > ROOM) {
      rows += 1;
      used = 0;
    }
    used += width + 4;
  }
  return rows;
}
