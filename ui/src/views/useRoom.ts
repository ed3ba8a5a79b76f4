/**
 * How much room the window has. In pixels: WebKitGTK counts the zoom twice in media
 * queries that are in rem.
 */

import { useSyncExternalStore } from "react";

export type Room = "wide" | "medium" | "narrow";

const WIDE = "(min-width: 1280px)";
const MEDIUM = "(min-width: 864px)";

export function useRoom(): Room {
  return useSyncExternalStore(subscribe, roomNow);
}

function roomNow(): Room {
  if (typeof window.matchMedia !== "function") return "wide";
  if (window.matchMedia(WIDE).matches) return "wide";
  return window.matchMedia(MEDIUM).matches ? "medium" : "narrow";
}

function subscribe(changed: () => void): () => void {
  if (typeof window.matchMedia !== "function") return () => undefined;
  const queries = [WIDE, MEDIUM].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
  };
}
