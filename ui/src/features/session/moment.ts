import { useEffect, useState } from "react";
import type { MomentDetail } from "@/host";
import { useOpened, useSession } from "./context";

/**
 * What a moment changed and where everybody stood after it; null for none. While another
 * one is being read it is still the one before.
 */
export function useMoment(number: number | null): MomentDetail | null {
  const host = useSession((session) => session.host);
  const playback = useOpened((opened) => opened.playback);
  const [detail, setDetail] = useState<MomentDetail | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the line changes.
  useEffect(() => {
    if (number === null) {
      setDetail(null);
      return;
    }
    let wanted = true;
    const take = (found: MomentDetail | null) => {
      if (wanted) setDetail(found);
    };
    host.playback.moment(number).then(take, () => take(null));
    return () => {
      wanted = false;
    };
  }, [host, number, playback]);

  return number === null ? null : detail;
}
