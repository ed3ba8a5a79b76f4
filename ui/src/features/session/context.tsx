/** Hands the stores down the tree. */

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { WelcomeStore } from "@/features/welcome/store";
import type { Person } from "@/host";
import type { Looking, LookingStore } from "./looking";
import type { Navigation, NavigationStore } from "./navigation";
import type { Opened, Session, SessionStore } from "./session";

export interface Stores {
  session: SessionStore;
  looking: LookingStore;
  navigation: NavigationStore;
  welcome: WelcomeStore;
}

const StoresContext = createContext<Stores | null>(null);

export function StoresProvider({ stores, children }: { stores: Stores; children: ReactNode }) {
  return <StoresContext value={stores}>{children}</StoresContext>;
}

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error("a part of the window stands outside of StoresProvider");
  return stores;
}

export function useSession<T>(select: (session: Session) => T): T {
  return useStore(useStores().session, select);
}

export function useLooking<T>(select: (looking: Looking) => T): T {
  return useStore(useStores().looking, select);
}

export function useNavigation<T>(select: (navigation: Navigation) => T): T {
  return useStore(useStores().navigation, select);
}

/** A part of the opened workspace. Only below the view that waits for it to open. */
export function useOpened<T>(select: (opened: Opened) => T): T {
  return useSession(({ opened }) => {
    if (!opened) throw new Error("the simulator is shown before it is open");
    return select(opened);
  });
}

/** The person in front: the chosen one, else the first. */
export function usePerson(): Person | null {
  const chosen = useLooking((looking) => looking.person);
  return useOpened(({ people, peopleOrder }) => {
    const id = chosen && people[chosen] ? chosen : peopleOrder[0];
    return (id && people[id]) || null;
  });
}
