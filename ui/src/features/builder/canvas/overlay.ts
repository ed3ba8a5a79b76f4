/** What the live overlay says of one gate. */

import type { Awaiting } from "@/host";
import type { Overlay, Way } from "../contract";

const OUT: readonly Way["to"][] = ["gave_up", "expired", "left"];

/** How many went on from a gate: to a later one, or to the end. */
export function onward(overlay: Overlay, from: Awaiting): number {
  return sum(overlay, (way) => way.from === from && !OUT.includes(way.to));
}

export function wentOut(overlay: Overlay, from: Awaiting, to: Way["to"]): number {
  return sum(overlay, (way) => way.from === from && way.to === to);
}

/** Which share of those who came to a gate dropped out of it; null when nobody came through. */
export function droppedShare(overlay: Overlay, from: Awaiting): number | null {
  const out = sum(overlay, (way) => way.from === from && OUT.includes(way.to));
  const all = out + onward(overlay, from);
  return all === 0 ? null : out / all;
}

export function finished(overlay: Overlay): number {
  return sum(overlay, (way) => way.to === "finished");
}

function sum(overlay: Overlay, isCounted: (way: Way) => boolean): number {
  return overlay.ways.filter(isCounted).reduce((total, way) => total + way.count, 0);
}
