/**
 * A recording: views as an engine showed them, and the wish that led from each to the next.
 *
 * It is played back, nothing more. A wish that was not recorded is refused in words, so
 * that nobody takes the browser window for an engine.
 */

import type { Action, Difference, Nearest, SimulatorView } from "../bindings";

export type Wish =
  | { wish: "act"; action: Action }
  | { wish: "let_pass"; millis: number }
  | { wish: "run"; speed: number }
  | { wish: "set_follows"; person: string; follows: boolean }
  | { wish: "set_unsubscribed"; person: string; unsubscribed: boolean };

export interface RecordedStep {
  /** What the operator did, for people: "say “what's the menu?” as Maya". */
  title: string;
  wish: Wish;
  /** What the window showed when it was done. */
  view: SimulatorView;
}

export interface Recording {
  title: string;
  opening: SimulatorView;
  steps: RecordedStep[];
  /** Raw webhooks by delivery. */
  bodies: ReadonlyMap<number, string>;
  /** What each moment changed, by its number. */
  differences: ReadonlyMap<number, Difference[]>;
  /** What came nearest to answering a delivery that none answered. */
  nearest: ReadonlyMap<number, Nearest>;
}

/** Whether `asked` is what was recorded: text is compared without case and outer space. */
export function sameWish(asked: Wish, recorded: Wish): boolean {
  return JSON.stringify(folded(asked)) === JSON.stringify(folded(recorded));
}

function folded(wish: Wish): unknown {
  if (wish.wish !== "act") return wish;
  const entries = Object.entries(wish.action)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => [key, key === "text" ? String(value).trim().toLowerCase() : value])
    .sort(([a], [b]) => String(a).localeCompare(String(b)));
  return { wish: "act", action: Object.fromEntries(entries) };
}
