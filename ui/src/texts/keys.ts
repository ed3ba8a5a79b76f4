/** The keys of the window, as `?` lists them. */

interface KeyGroup {
  name: string;
  list: readonly (readonly [keys: string, does: string])[];
}

const groups: readonly KeyGroup[] = [
  {
    name: "Everywhere",
    list: [
      ["Ctrl K", "Search or run anything"],
      ["Alt 1 … 7", "Simulator … Connections"],
      ["Ctrl ⇧ N", "This screen in a new window"],
      ["Ctrl ⇧ W, Ctrl Q", "Close this window, all of them"],
      ["Ctrl + −, Ctrl 0", "Larger or smaller, normal size"],
      ["Esc", "Leave, close"],
      ["?", "This list"],
    ],
  },
  {
    name: "Lists",
    list: [
      ["↑ ↓", "Move from row to row"],
      ["Page, Home, End", "Move further; End follows Traffic"],
      ["Enter", "Open"],
      ["Esc", "Select none, then close what is open"],
      ["Menu, ⇧ F10", "What can be done with a row"],
      ["Space", "Select: Conversations, Cache, Queue"],
      ["⇧ ↑ ↓", "Select all between: Conversations, Queue"],
      ["Ctrl A", "Select everybody; in Queue, the page"],
      ["Delete", "Invalidate what is selected in Cache"],
    ],
  },
  {
    name: "Traffic",
    list: [
      ["Ctrl F", "Filter"],
      ["Tab", "Take what is offered"],
      ["Ctrl Enter", "Send what is composed"],
    ],
  },
  {
    name: "Simulator",
    list: [
      ["/", "Write"],
      ["Enter", "Send"],
      ["Ctrl 1 … 4", "People, conversation, flow, why"],
      ["Alt ↑ ↓", "Previous or next person"],
      ["[ ]", "Earlier or later decision"],
      ["← →", "Move along the timeline"],
    ],
  },
  {
    name: "Builder",
    list: [
      ["Ctrl Z", "Undo"],
      ["Ctrl ⇧ Z, Ctrl Y", "Redo"],
      ["Alt ↑ ↓", "Move a part, or an automation"],
      ["Space", "Switch a step on or off"],
      ["Delete", "Delete a part, or an automation"],
    ],
  },
];

export const keys = {
  title: "Keyboard",
  button: "Keyboard shortcuts",
  groups,
} as const;
