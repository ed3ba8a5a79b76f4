/** Tells the variables of a text apart from its words. */

export interface Part {
  text: string;
  variable: boolean;
  /** The whole variable with its fallback, where only its name is shown. */
  hint: string | null;
}

const VARIABLE = /\{\{\s*([\w.]+)\s*(?:\|([^}]*))?\}\}/g;

export function parted(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > end) {
      parts.push({ text: text.slice(end, match.index), variable: false, hint: null });
    }
    parts.push({ text: match[1] ?? "", variable: true, hint: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), variable: false, hint: null });
  return parts;
}
