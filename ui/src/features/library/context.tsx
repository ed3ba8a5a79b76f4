/** Hands the Builder's stores down the tree. */

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { EditingStore } from "@/features/builder/editing";
import { useSession } from "@/features/session/context";
import type { Library } from "@/host";
import type { Drafting, DraftingStore } from "./drafting";
import type { BuilderView, BuilderViewStore } from "./view";

export interface BuilderStores {
  editing: EditingStore;
  drafting: DraftingStore;
  view: BuilderViewStore;
}

const BuilderContext = createContext<BuilderStores | null>(null);

export function BuilderProvider({
  stores,
  children,
}: {
  stores: BuilderStores;
  children: ReactNode;
}) {
  return <BuilderContext value={stores}>{children}</BuilderContext>;
}

export function useBuilder(): BuilderStores {
  const stores = useContext(BuilderContext);
  if (!stores) throw new Error("a part of the Builder stands outside of BuilderProvider");
  return stores;
}

export function useDrafting<T>(select: (drafting: Drafting) => T): T {
  return useStore(useBuilder().drafting, select);
}

export function useBuilderView<T>(select: (view: BuilderView) => T): T {
  return useStore(useBuilder().view, select);
}

const NOTHING: readonly never[] = [];

export function useEntries(): Library["entries"] | readonly never[] {
  return useSession((session) => session.library?.entries ?? NOTHING);
}

/** What linting says of everything as it is drafted. */
export function useFindings(): Library["findings"] | readonly never[] {
  return useSession((session) => session.library?.findings ?? NOTHING);
}
