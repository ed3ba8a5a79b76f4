/** The keys of the window: which key means what, apart from what it then does. */

import type { Pane } from "@/features/session/looking";

export type Shortcut =
  | { do: "write" }
  | { do: "shortcuts" }
  | { do: "pane"; pane: Pane }
  | { do: "person"; by: 1 | -1 }
  | { do: "decision"; by: 1 | -1 }
  | { do: "zoom"; direction: "in" | "out" | "normal" }
  | { do: "window" }
  | { do: "close" }
  | { do: "quit" };

export interface Keypress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const PANES: Record<string, Pane> = {
  "1": "people",
  "2": "conversation",
  "3": "flow",
  "4": "why",
};

/** What a keypress means; plain letters and signs mean nothing while somebody types. */
export function shortcutFor(press: Keypress, typing: boolean): Shortcut | null {
  const command = press.ctrlKey || press.metaKey;
  if (command && !press.altKey && press.shiftKey) {
    const key = press.key.toLowerCase();
    if (key === "n") return { do: "window" };
    if (key === "w") return { do: "close" };
  }
  if (command && !press.altKey) {
    if (press.key.toLowerCase() === "q" && !press.shiftKey) return { do: "quit" };
    const pane = PANES[press.key];
    if (pane) return { do: "pane", pane };
    if (press.key === "+" || press.key === "=") return { do: "zoom", direction: "in" };
    if (press.key === "-") return { do: "zoom", direction: "out" };
    if (press.key === "0") return { do: "zoom", direction: "normal" };
    return null;
  }
  if (press.altKey) {
    if (press.key === "ArrowDown") return { do: "person", by: 1 };
    if (press.key === "ArrowUp") return { do: "person", by: -1 };
    return null;
  }
  if (typing) return null;
  switch (press.key) {
    case "/":
      return { do: "write" };
    case "?":
      return { do: "shortcuts" };
    case "[":
      return { do: "decision", by: -1 };
    case "]":
      return { do: "decision", by: 1 };
    default:
      return null;
  }
}
