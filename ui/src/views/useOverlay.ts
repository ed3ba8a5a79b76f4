/** How conversations of an automation stand and went, asked again when something happened. */

import { useEffect, useState } from "react";
import { useOpened, useSession } from "@/features/session/context";
import type { AutomationId, Overlay, Period } from "@/host";

const REST = 200;

export function useOverlay(id: AutomationId | null, period: Period): Overlay | null {
  const host = useSession((session) => session.host.builder);
  const people = useOpened((opened) => opened.people);
  const [overlay, setOverlay] = useState<{ id: AutomationId; overlay: Overlay } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: with the people the counts change.
  useEffect(() => {
    if (id === null) return;
    let wanted = true;
    const timer = setTimeout(() => {
      host.overlay(id, period).then(
        (answer) => wanted && setOverlay({ id, overlay: answer }),
        // Counts that do not come leave the canvas without them.
        () => wanted && setOverlay(null),
      );
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [id, period, people, host]);

  return overlay?.id === id ? overlay.overlay : null;
}
