/** How long a text is and how long it may be, counted as the engine counts. */

import { LIMITS } from "@/host";
import { piecesOf, rendered, VARIABLES } from "./variables";

export interface Limit {
  most: number;
  unit: "bytes" | "chars";
}

export const TEXT: Limit = { most: LIMITS.textBytes, unit: "bytes" };
export const BUTTON_TEXT: Limit = { most: LIMITS.buttonTextChars, unit: "chars" };
export const BUTTON_TITLE: Limit = { most: LIMITS.buttonTitleChars, unit: "chars" };
export const QUICK_REPLY_TITLE: Limit = { most: LIMITS.quickReplyTitleChars, unit: "chars" };
export const CARD_TEXT: Limit = { most: LIMITS.cardTextChars, unit: "chars" };
export const PUBLIC_REPLY: Limit = { most: LIMITS.publicReplyChars, unit: "chars" };

interface Measure {
  /** With its variables as long as they usually are. */
  used: number;
  most: number;
  unit: Limit["unit"];
  /** `over` is refused; `cut` fits only while its variables are short. */
  state: "fits" | "near" | "cut" | "over";
}

const encoder = new TextEncoder();

export function lengthOf(text: string, unit: Limit["unit"]): number {
  return unit === "bytes" ? encoder.encode(text).length : [...text].length;
}

export function measure(text: string, limit: Limit): Measure {
  const least = lengthOf(
    rendered(text, () => undefined),
    limit.unit,
  );
  let used = least;
  for (const piece of piecesOf(text)) {
    if (piece.kind !== "variable") continue;
    const usual = VARIABLES.find((variable) => variable.name === piece.name)?.usualBytes ?? 0;
    used += Math.max(0, usual - lengthOf(piece.fallback ?? "", limit.unit));
  }
  const { most, unit } = limit;
  const state = least > most ? "over" : used > most ? "cut" : used >= most * 0.9 ? "near" : "fits";
  return { used, most, unit, state };
}
