/** What is said of the tunnel wherever the person is. */

import type { TunnelNews } from "@/host";
import { texts } from "@/texts";

/** What happened between two looks that somebody should know of; null: nothing. */
export function noticeOf(before: TunnelNews | null, now: TunnelNews): string | null {
  if (!before) return null;
  const t = texts.tunnel.notices;
  const [was, is] = [before.status, now.status];
  if (is.state.is === "failed" && was.state.is !== "failed") return t.failed(is.state.reason);
  const isAnother = is.earlierUrl !== null && is.earlierUrl !== was.earlierUrl;
  if (is.state.is === "up" && isAnother) return t.changed;
  if (is.state.is === "reconnecting" && was.state.is === "up") return t.lost(is.state.reason);
  const wasWell = was.health !== null && was.health.problem === null;
  if (wasWell && is.health !== null && is.health.problem !== null) return t.ill(is.health.says);
  return null;
}
