/** Which conversations stand side by side, by how much room there is. */

import { useRef, useSyncExternalStore } from "react";
import type { ContactId } from "@/host";

/** In pixels: WebKitGTK counts the zoom twice in media queries that are in rem. */
const ROOMS = ["(min-width: 1800px)", "(min-width: 2240px)"] as const;

/** How many conversations there is room for. */
export function useBeside(): number {
  return useSyncExternalStore(subscribe, roomNow);
}

function roomNow(): number {
  if (typeof window.matchMedia !== "function") return 1;
  return 1 + ROOMS.filter((query) => window.matchMedia(query).matches).length;
}

function subscribe(changed: () => void): () => void {
  if (typeof window.matchMedia !== "function") return () => undefined;
  const queries = ROOMS.map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
  };
}

/**
 * Who is shown: the one in front and the next ones. Nobody moves to another place while
 * they are shown; who comes to the front takes the place that is free, else the first.
 */
export function placed(
  before: readonly ContactId[],
  front: ContactId | null,
  order: readonly ContactId[],
  most: number,
): ContactId[] {
  const kept = before.filter((id) => order.includes(id)).slice(0, most);
  if (front && !kept.includes(front)) {
    if (kept.length < most) kept.push(front);
    else kept[0] = front;
  }
  for (const id of order) {
    if (kept.length >= most) break;
    if (!kept.includes(id)) kept.push(id);
  }
  return kept;
}

export function usePlaced(
  front: ContactId | null,
  order: readonly ContactId[],
  most: number,
): ContactId[] {
  const before = useRef<ContactId[]>([]);
  before.current = placed(before.current, front, order, most);
  return before.current;
}
