/** The stores of one window, each made once. */

import { createEditing } from "@/features/builder/editing";
import { conversationsOf } from "@/features/conversations/context";
import type { BuilderStores } from "@/features/library/context";
import { createDrafting } from "@/features/library/drafting";
import { createBuilderView } from "@/features/library/view";
import { queueOf } from "@/features/queue/context";
import { sendsOf } from "@/features/queue/sends/context";
import type { Stores } from "@/features/session/context";
import { createLooking } from "@/features/session/looking";
import { createNavigation } from "@/features/session/navigation";
import { createSession } from "@/features/session/session";
import { trafficOf } from "@/features/traffic/context";
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
  // Whichever screen is in front: the others may be at work, and are looked at later.
  session.subscribe(({ connection: now }, { connection: before }) => {
    if (!now || !before || now.profile === before.profile) return;
    for (const storeOf of [conversationsOf, trafficOf, queueOf, sendsOf]) {
      storeOf(host).getState().anotherFront();
    }
  });
  if (shows) {
    navigation.getState().go(shows.screen);
    navigation.getState().choose(shows.automation);
  }
  return {
    stores: { session, looking: createLooking(), navigation, welcome: createWelcome() },
    builder: { editing, drafting, view: createBuilderView() },
  };
}
