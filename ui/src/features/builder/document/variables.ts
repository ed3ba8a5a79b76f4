/**
 * The variables that a text may use, as the engine reads them: `{{name|fallback}}`. The
 * set is closed.
 */

interface Variable {
  name: string;
  /** What the preview fills in. */
  sample: string;
  /** What the menu writes after the bar; empty where the value is always known. */
  fallback: string;
  /** How many bytes the engine reckons with for its value. */
  usualBytes: number;
}

export const VARIABLES: readonly Variable[] = [
  {
    name: "contact.first_name",
    sample: "Maya",
    fallback: "there",
    usualBytes: 24,
  },
  {
    name: "contact.username",
    sample: "maya.bakes",
    fallback: "you",
    usualBytes: 30,
  },
  {
    name: "contact.email",
    sample: "maya@example.com",
    fallback: "your address",
    usualBytes: 40,
  },
  {
    name: "account.username",
    sample: "your.account",
    fallback: "",
    usualBytes: 30,
  },
  {
    name: "event.text",
    sample: "What's the menu?",
    fallback: "your message",
    usualBytes: 100,
  },
];

/** A piece of a text: words, or a variable with what stands for it when it is unknown. */
type Piece =
  | { kind: "words"; text: string }
  | { kind: "variable"; name: string; fallback: string | null };

/** Braces that do not close are words. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== "") {
    const open = rest.indexOf("{{");
    const close = open < 0 ? -1 : rest.indexOf("}}", open + 2);
    if (close < 0) {
      pieces.push({ kind: "words", text: rest });
      break;
    }
    if (open > 0) pieces.push({ kind: "words", text: rest.slice(0, open) });
    const inside = rest.slice(open + 2, close);
    const bar = inside.indexOf("|");
    pieces.push({
      kind: "variable",
      name: (bar < 0 ? inside : inside.slice(0, bar)).trim(),
      fallback: bar < 0 ? null : inside.slice(bar + 1).trim(),
    });
    rest = rest.slice(close + 2);
  }
  return pieces;
}

/** The text with its variables filled in; without a value its fallback stands there. */
export function rendered(text: string, known: (name: string) => string | undefined): string {
  return piecesOf(text)
    .map((piece) =>
      piece.kind === "words" ? piece.text : (known(piece.name) ?? piece.fallback ?? ""),
    )
    .join("");
}

/** As a person would read it, with the samples. */
export function sampled(text: string, values: Readonly<Record<string, string>> = {}): string {
  return rendered(
    text,
    (name) => values[name] ?? VARIABLES.find((variable) => variable.name === name)?.sample,
  );
}

/** What the menu writes into a text. */
export function written(variable: Variable): string {
  return variable.fallback ? `{{${variable.name}|${variable.fallback}}}` : `{{${variable.name}}}`;
}
