/** A delivery as a command line. */

import { useSession } from "@/features/session/context";
import { HostError } from "@/host";
import { texts } from "@/texts";
import { useTrafficHost } from "./context";

/** The line that posts a body to this window's listener, signed; null where there is none, for
 * which it says why. */
export function useCurl(): (body: string) => Promise<string | null> {
  const host = useTrafficHost();
  const tell = useSession((session) => session.tell);
  return async (body) => {
    try {
      const { line, isRunning } = await host.curl(body, "as_it_was", null, null);
      if (!isRunning) tell({ kind: "note", text: texts.traffic.open.curlStopped });
      return line;
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
      return null;
    }
  };
}
