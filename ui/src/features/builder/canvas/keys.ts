/** What keys do on the canvas, and undo and redo wherever the draft is edited. */

import { type KeyboardEvent, useLayoutEffect } from "react";
import { nodesOf, placeOf, TRIGGER } from "../document/nodes";
import type { EditingStore } from "../editing";
import { focusCanvas, focusInspector, isForDraft } from "../focus";
import { movePart, removePart, toggleStep } from "./actions";
import type { CanvasContext } from "./context";

/** Handles a key pressed on a part of the canvas. */
export function onCanvasKey(
  event: KeyboardEvent<HTMLElement>,
  { editing, byKey, readOnly, onEdit }: CanvasContext,
) {
  const state = editing.getState();
  const on = (event.target as HTMLElement).closest<HTMLElement>("[data-node]")?.dataset.node;
  if (!on || !state.draft || event.ctrlKey || event.metaKey) return;
  const nodes = nodesOf(state.draft);
  const at = nodes.indexOf(on);
  const go = (to: number) => {
    byKey.current = true;
    state.select(nodes[Math.min(Math.max(to, 0), nodes.length - 1)] ?? TRIGGER);
  };
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
  if (by !== null && event.altKey) {
    byKey.current = true;
    if (!readOnly) movePart(state, on, by);
  } else if (by !== null) go(at + by);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(nodes.length - 1);
  else if (event.key === "Enter") {
    state.select(on);
    onEdit();
    // The inspector shows it once this event is through.
    requestAnimationFrame(focusInspector);
  } else if (event.key === " ") {
    const place = placeOf(on);
    if (place?.kind === "step" && !readOnly) toggleStep(state, place.step);
    state.select(on);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    byKey.current = true;
    if (!readOnly) removePart(state, on);
  } else return;
  event.preventDefault();
}

/**
 * Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y for the draft, also while one of its fields is typed in;
 * not while another screen is in front, for then layout effects have ended.
 */
export function useHistoryKeys(editing: EditingStore, readOnly: boolean) {
  useLayoutEffect(() => {
    if (readOnly) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const held = (event.ctrlKey || event.metaKey) && !event.altKey;
      if (!held || (key !== "z" && key !== "y") || !isForDraft(event.target)) return;
      event.preventDefault();
      const state = editing.getState();
      if (key === "y" || event.shiftKey) state.redo();
      else state.undo();
      // What had the focus may be gone with the change.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) focusCanvas();
      });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [editing, readOnly]);
}
