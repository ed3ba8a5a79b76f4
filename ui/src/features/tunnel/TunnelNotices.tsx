import { useEffect } from "react";
import { useStores } from "@/features/session/context";
import { texts } from "@/texts";
import { useTunnelStore } from "./context";
import { noticeOf } from "./notices";
import { urlOf } from "./store";

/** Watches the tunnel as long as the window is open; what ends is said on every screen. */
export function TunnelNotices() {
  const store = useTunnelStore();
  const { session, navigation, welcome } = useStores();
  useEffect(() => {
    const { tunnel } = session.getState().host;
    return tunnel.watch((news) => {
      const text = noticeOf(store.getState().news, news);
      store.getState().told(news);
      if (urlOf(news) !== null) welcome.getState().reach();
      // On its own screen it stands there already.
      if (text === null || navigation.getState().screen === "connections") return;
      session.getState().tell({
        kind: "warning",
        text,
        action: {
          label: texts.tunnel.notices.look,
          run: () => navigation.getState().go("connections"),
        },
      });
    });
  }, [store, session, navigation, welcome]);
  return null;
}
