/** Undo and redo of one draft: what it was before each change, and what the change was. */

interface Moment<T> {
  document: T;
  /** What was selected then. */
  selected: string | null;
}

interface Entry<T> extends Moment<T> {
  label: string;
  key: string | null;
}

export interface History<T> {
  past: readonly Entry<T>[];
  future: readonly Entry<T>[];
}

/** More than anybody goes back; documents share what did not change. */
const MOST = 200;

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [] };
}

/**
 * Remembers how it was before a change. Changes with the same key one after the other are
 * one step, so that a word typed is undone as a word.
 */
export function remember<T>(
  history: History<T>,
  before: Moment<T>,
  label: string,
  key: string | null = null,
): History<T> {
  const last = history.past.at(-1);
  if (key !== null && last?.key === key) return { past: history.past, future: [] };
  return { past: [...history.past, { ...before, label, key }].slice(-MOST), future: [] };
}

/** Ends the step that is being typed: the next change is a step of its own. */
export function settle<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (!last || last.key === null) return history;
  return { ...history, past: [...history.past.slice(0, -1), { ...last, key: null }] };
}

interface Step<T> {
  history: History<T>;
  moment: Moment<T>;
  label: string;
}

export function undo<T>(history: History<T>, now: Moment<T>): Step<T> | null {
  const last = history.past.at(-1);
  if (!last) return null;
  const { document, selected, label } = last;
  return {
    history: {
      past: history.past.slice(0, -1),
      future: [...history.future, { ...now, label, key: null }],
    },
    moment: { document, selected },
    label,
  };
}

export function redo<T>(history: History<T>, now: Moment<T>): Step<T> | null {
  const next = history.future.at(-1);
  if (!next) return null;
  const { document, selected, label } = next;
  return {
    history: {
      past: [...history.past, { ...now, label, key: null }],
      future: history.future.slice(0, -1),
    },
    moment: { document, selected },
    label,
  };
}
