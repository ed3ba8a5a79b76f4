/**
 * The automation that is being edited: the document as it was opened, the draft, and one
 * history of it. Each automation keeps its own while the application runs.
 */

import { type StoreApi, useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Automation } from "@/host";
import { isSame } from "./document/change";
import { emptyHistory, type History, redo, remember, settle, undo } from "./document/history";
import { type NodeId, nearest, TRIGGER } from "./document/nodes";

interface Kept {
  base: Automation;
  draft: Automation;
  selected: NodeId | null;
  history: History<Automation>;
}

export interface Editing {
  /** As it was opened or saved last; null while nothing is open. */
  base: Automation | null;
  /** As it is now. Its identity changes with every change. */
  draft: Automation | null;
  selected: NodeId | null;
  history: History<Automation>;
  /** Whether the draft differs from what was opened. */
  dirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** What would be undone or done again, in words. */
  undoLabel: string | null;
  redoLabel: string | null;

  /**
   * Opens an automation, with the draft of an earlier run where there is one. What was
   * edited in this run comes back with its history; what was not follows the new base.
   */
  load: (base: Automation, draft?: Automation) => void;
  close: () => void;
  /** Forgets the draft and the history of an automation that was deleted. */
  forget: (id: string) => void;
  /** The draft was saved or published as this; the history stays. */
  saved: (base: Automation) => void;
  /** Somebody else edited it: the new base, and the draft merged with it, as one change. */
  rebase: (base: Automation, merged: Automation, label: string) => void;
  /** What was set outside of the draft, such as its place in the order: no step back. */
  adopt: (facts: Partial<Automation>) => void;
  /** One change. With the same key one after the other they are one step of the history. */
  change: (label: string, fn: (draft: Automation) => Automation, key?: string) => void;
  /** The same, with what is selected afterwards. */
  changeTo: (label: string, selected: NodeId | null, fn: (draft: Automation) => Automation) => void;
  /** Ends the step that is being typed. */
  settle: () => void;
  undo: () => void;
  redo: () => void;
  select: (node: NodeId | null) => void;
}

export type EditingStore = StoreApi<Editing>;

const NOTHING = {
  base: null,
  draft: null,
  selected: null,
  history: emptyHistory<Automation>(),
  dirty: false,
  canUndo: false,
  canRedo: false,
  undoLabel: null,
  redoLabel: null,
} satisfies Partial<Editing>;

export function createEditing(): EditingStore {
  const kept = new Map<string, Kept>();

  return createStore<Editing>()((set, get) => {
    const put = (now: Kept) => {
      kept.set(now.base.id, now);
      const undoLabel = now.history.past.at(-1)?.label ?? null;
      const redoLabel = now.history.future.at(-1)?.label ?? null;
      set({
        ...now,
        dirty: !isSame(now.base, now.draft),
        canUndo: undoLabel !== null,
        canRedo: redoLabel !== null,
        undoLabel,
        redoLabel,
      });
    };
    const now = (): Kept | null => {
      const { base, draft, selected, history } = get();
      return base && draft ? { base, draft, selected, history } : null;
    };
    const changed = (
      label: string,
      fn: (draft: Automation) => Automation,
      key: string | null,
      selected?: NodeId | null,
    ) => {
      const before = now();
      if (!before) return;
      const draft = fn(before.draft);
      if (isSame(draft, before.draft)) return;
      const moment = { document: before.draft, selected: before.selected };
      put({
        ...before,
        draft,
        selected: nearest(draft, selected === undefined ? before.selected : selected),
        history: remember(before.history, moment, label, key),
      });
    };
    const step = (way: typeof undo<Automation>) => {
      const before = now();
      if (!before) return;
      const done = way(before.history, { document: before.draft, selected: before.selected });
      if (!done) return;
      const draft = done.moment.document;
      put({
        ...before,
        draft,
        selected: nearest(draft, done.moment.selected),
        // What is typed next is not part of what was typed before.
        history: settle(done.history),
      });
    };

    return {
      ...NOTHING,
      load: (base, draft = base) => {
        const before = kept.get(base.id);
        const untouched = !before || isSame(before.base, before.draft);
        if (before && (!untouched || isSame(before.base, base))) put(before);
        else put({ base, draft, selected: TRIGGER, history: emptyHistory() });
      },
      close: () => set(NOTHING),
      forget: (id) => {
        kept.delete(id);
        if (get().base?.id === id) set(NOTHING);
      },
      saved: (base) => {
        const before = now();
        if (before?.base.id === base.id) put({ ...before, base, history: settle(before.history) });
      },
      rebase: (base, merged, label) => {
        const before = now();
        if (before?.base.id !== base.id) return;
        changed(label, () => merged, null);
        const after = now();
        if (after) put({ ...after, base });
      },
      adopt: (facts) => {
        const before = now();
        if (!before) return;
        const taken = <T extends { document: Automation }>(moment: T): T => ({
          ...moment,
          document: { ...moment.document, ...facts },
        });
        put({
          ...before,
          base: { ...before.base, ...facts },
          draft: { ...before.draft, ...facts },
          history: {
            past: before.history.past.map(taken),
            future: before.history.future.map(taken),
          },
        });
      },
      change: (label, fn, key) => changed(label, fn, key ?? null),
      changeTo: (label, selected, fn) => changed(label, fn, null, selected),
      settle: () => {
        const before = now();
        const history = before ? settle(before.history) : null;
        if (before && history && history !== before.history) put({ ...before, history });
      },
      undo: () => step(undo),
      redo: () => step(redo),
      select: (selected) => {
        const before = now();
        if (!before || selected === before.selected) return;
        put({ ...before, selected, history: settle(before.history) });
      },
    };
  });
}

export function useEditing<T>(editing: EditingStore, select: (editing: Editing) => T): T {
  return useStore(editing, select);
}
