/** The stores of one window, each made once. */

import { createEditing } from "@/features/builder/editing";
import type { BuilderStores } from "@/features/library/context";
import { createDrafting } from "@/features/library/drafting";
import { createBuilderView } from "@/features/library/view";
import type { Stores } from "@/features/session/context";
import { createLooking } from "@/features/session/looking";
import { createNavigation } from "@/features/session/navigation";
import { createSession } from "@/features/session/session";
import { createWelcome } from "@/features/welcome/store";
import type { Shows } from "@/features/windows/address";
import type { Host } from "@/host";

export interface WindowStores {
  stores: Stores;
  builder: BuilderStores;
}

/** `shows`: what is in front first. */
export function createStores(host: Host, shows?: Shows): WindowStores {
  const session = createSession(host);
  const navigation = createNavigation();
  const editing = createEditing();
  const drafting = createDrafting({ session, editing, navigation });
  if (shows) {
    navigation.getState().go(shows.screen);
    navigation.getState().choose(shows.automation);
  }
  return {
    stores: { session, looking: createLooking(), navigation, welcome: createWelcome() },
    builder: { editing, drafting, view: createBuilderView() },
  };
}
