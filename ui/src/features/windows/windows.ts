/** What a person does with windows: another one, closing this one, leaving all. */

import type { BuilderStores } from "@/features/library/context";
import type { Stores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import type { Screen } from "@/host";
import { HostError } from "@/host";

/**
 * Opens a screen in a window of its own. The Builder shows the same automation there, with
 * everything that was typed here until now.
 */
export async function openWindow(stores: Stores, builder: BuilderStores, screen: Screen) {
  const { session, navigation } = stores;
  const automation = screen === "builder" ? navigation.getState().automation : null;
  try {
    if (automation) await builder.drafting.getState().flush();
    await session.getState().host.windows.open(screen, automation);
  } catch (thrown) {
    session.getState().tell(noticeOf(HostError.from(thrown)));
  }
}

/** Closes this window, or all of them, with what was typed kept. */
export async function leave(stores: Stores, builder: BuilderStores, all: boolean) {
  const { host, tell } = stores.session.getState();
  try {
    // Where that fails, the Builder says so, and the window stays for it.
    if (!(await builder.drafting.getState().flush())) {
      stores.navigation.getState().go("builder");
      return;
    }
    await (all ? host.windows.quit() : host.windows.close());
  } catch (thrown) {
    tell(noticeOf(HostError.from(thrown)));
  }
}
