/** What a node says in short, for the canvas and for lists. */

import type { Message } from "@/host";
import type { CanvasNode } from "./canvas";
import { piecesOf } from "./variables";

/** The text on a node; null where it has none. */
export function textOn(node: CanvasNode): string | null {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  switch (node.kind) {
    case "step":
      switch (node.step) {
        case "public_reply":
          return text(Array.isArray(node.fields.texts) ? node.fields.texts[0] : null);
        case "reaction":
          return text(node.fields.reaction === "love" ? "❤️" : node.fields.reaction);
        default:
          return text(node.fields.text);
      }
    case "message":
      return text(node.message.text) ?? (node.message.url ? fileName(node.message.url) : null);
    case "card":
      return text(node.card.subtitle);
    default:
      return null;
  }
}

/** A message in one line, for lists and labels. */
export function inShort(message: Message): string {
  switch (message.type) {
    case "text":
    case "buttons":
      return plain(message.text);
    case "carousel":
      return message.cards.map((card) => card.title).join(", ");
    case "media":
      return fileName(message.url);
  }
}

/** The text as one reads it: a variable is its fallback, or its name. */
export function plain(text: string): string {
  return piecesOf(text)
    .map((piece) => (piece.kind === "words" ? piece.text : piece.fallback || piece.name))
    .join("");
}

/** The last part of an address, for people. */
export function fileName(address: unknown): string {
  if (typeof address !== "string") return "";
  try {
    const { pathname, host } = new URL(address);
    return pathname.split("/").filter(Boolean).at(-1) ?? host;
  } catch {
    return address;
  }
}
