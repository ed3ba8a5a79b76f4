/** What every field of the inspector needs. */

import { createContext, useContext } from "react";
import type { Automation, Media } from "@/host";
import { texts } from "@/texts";
import { nameOf } from "../canvas/actions";
import type { Finding } from "../contract";
import { nodeAt } from "../document/nodes";
import { getAt, removeAt, setAt } from "../document/path";
import { type EditingStore, useEditing } from "../editing";

interface InspectorContext {
  editing: EditingStore;
  findings: readonly Finding[];
  media: readonly Media[];
  /** The automations of the workspace, which are tried before or after this one. */
  others: readonly Automation[];
  onFix: (finding: Finding) => void;
}

const Context = createContext<InspectorContext | null>(null);

export const InspectorProvider = Context.Provider;

export function useInspector(): InspectorContext {
  const context = useContext(Context);
  if (!context) throw new Error("a field stands outside of the inspector");
  return context;
}

/** The value at a place of the draft. */
export function useValue<T>(path: string): T | undefined {
  return useEditing(useInspector().editing, ({ draft }) => getAt(draft, path)) as T | undefined;
}

/** Changes a place of the draft; undefined takes out what is there. */
export function usePut() {
  const { editing } = useInspector();
  return (path: string, what: string, value: unknown, key?: string) => {
    const state = editing.getState();
    if (!state.draft) return;
    const where = nameOf(state, nodeAt(state.draft, path));
    state.change(
      texts.builder.changes.edit(what, where),
      (draft) => (value === undefined ? removeAt(draft, path) : setAt(draft, path, value)),
      key,
    );
  };
}

export function useFindings(path: string): readonly Finding[] {
  return useInspector().findings.filter((finding) => finding.path === path);
}
