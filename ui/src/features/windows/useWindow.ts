/** Lets the desktop, the next start and a page that is loaded again know what is in front. */

import { useEffect } from "react";
import { useNavigation, useSession } from "@/features/session/context";
import { texts } from "@/texts";
import { queryWith } from "./address";

export function useWindow() {
  const screen = useNavigation((navigation) => navigation.screen);
  const host = useSession((session) => session.host);
  useEffect(() => {
    document.title = texts.windows.title(texts.window.screen[screen]);
    history.replaceState(null, "", queryWith(window.location.search, screen));
    // Where the next start begins is no reason to disturb somebody.
    host.windows.shows(screen).catch(() => undefined);
  }, [screen, host]);
}
