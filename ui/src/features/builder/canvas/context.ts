/** What every part of the canvas needs: the draft, and how the selection was moved. */

import { createContext, type RefObject, useContext } from "react";
import { type Editing, type EditingStore, useEditing } from "../editing";

export interface CanvasContext {
  editing: EditingStore;
  readOnly: boolean;
  /** Whether the selection moved by a key, so that the focus follows it. */
  byKey: RefObject<boolean>;
  /** A part was chosen to be edited, also when it was selected already. */
  onEdit: () => void;
}

const Context = createContext<CanvasContext | null>(null);

export const CanvasProvider = Context.Provider;

export function useCanvas(): CanvasContext {
  const context = useContext(Context);
  if (!context) throw new Error("a part of the canvas stands outside of it");
  return context;
}

export function useCanvasEditing<T>(select: (editing: Editing) => T): T {
  return useEditing(useCanvas().editing, select);
}
