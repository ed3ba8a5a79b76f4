/** What somebody came for, and the first steps of it, ticked off as they are done. */

import type { Screen } from "@/features/session/navigation";
import type { Session } from "@/features/session/session";

/** The three kinds of people that the window is for. */
export type Purpose = "build" | "receive" | "look";

export const PURPOSES: readonly Purpose[] = ["build", "receive", "look"];

/** The steps of each, in the order in which one takes them. */
export const STEPS = {
  build: ["edit", "talk", "publish"],
  receive: ["listen", "address", "delivery"],
  look: ["connect", "rates", "conversation"],
} as const satisfies Record<Purpose, readonly string[]>;

export type Step = (typeof STEPS)[Purpose][number];

/** Where a step is done. */
export const WHERE: Readonly<Record<Step, Screen>> = {
  edit: "builder",
  talk: "simulator",
  publish: "builder",
  listen: "connections",
  address: "connections",
  delivery: "traffic",
  connect: "connections",
  rates: "cache",
  conversation: "conversations",
};

/** The part of that screen where it is done, by its id, where that may be out of sight. */
export const PART: Readonly<Partial<Record<Step, string>>> = {
  listen: "listener-panel",
  address: "tunnel-panel",
};

/** What is looked at to see whether a step is done. */
export interface Seen {
  session: Pick<Session, "opened" | "library" | "listener" | "connection">;
  screen: Screen;
  /** Whether a public address leads here. */
  reachable: boolean;
  /** Whether somebody's conversation is open in Conversations. */
  conversation: boolean;
}

/** Whether a step is done, now; `before`: those that were done before. */
export function isDone(
  step: Step,
  { session, screen, reachable, conversation }: Seen,
  before: ReadonlySet<Step>,
) {
  const { opened, library, listener, connection } = session;
  const unpublished = library?.entries.some((entry) => entry.state !== "published");
  const connected = connection !== null && connection.level !== "offline";
  switch (step) {
    case "edit":
      return unpublished === true;
    case "talk":
      return Object.values(opened?.people ?? {}).some((one) => one.conversation.length > 0);
    case "publish":
      return before.has("edit") && unpublished === false;
    case "listen":
      return listener?.state === "running";
    case "address":
      return reachable;
    case "delivery":
      return (listener?.accepted ?? 0) > 0;
    case "connect":
      return connected;
    case "rates":
      return connected && screen === WHERE[step];
    case "conversation":
      return connected && screen === WHERE[step] && conversation;
  }
}

/** The steps that are done, with those that were before: what was done stays done. */
export function done(purpose: Purpose, seen: Seen, before: ReadonlySet<Step>): ReadonlySet<Step> {
  const fresh = STEPS[purpose].filter((step) => !before.has(step) && isDone(step, seen, before));
  return fresh.length === 0 ? before : new Set([...before, ...fresh]);
}
