/** What the list looks at: the newest rows as they come, or where it was scrolled to. */

import type { TrafficNews } from "@/host";

/** The height of a row, in pixels. */
export const ROW = 28;
/** Rows beyond the edges that are drawn too, so that scrolling shows no gap. */
export const BEYOND = 12;

export interface Sight {
  /** How far the list is scrolled, and how high it is, in pixels. */
  top: number;
  height: number;
}

/** What was in sight when the list began with another row than it may do now. */
export interface Measured extends Sight {
  /** The position that the list began with, and of which list. */
  first: number;
  view: number;
}

/** What is in sight now: the same rows, wherever the list begins. */
export function sightOf(measured: Measured, list: { first: number; view: number }): Sight {
  const { top, height, first, view } = measured;
  const gone = view === list.view ? list.first - first : 0;
  return { top: Math.max(0, top - gone * ROW), height };
}

/** The rows to ask for: null as position means the newest. */
export function lookAt(
  sight: Sight,
  first: number,
  follows: boolean,
): { at: number | null; count: number } {
  const inSight = Math.ceil(sight.height / ROW) + 1;
  // Nobody scrolls while it follows, so nothing beyond is drawn.
  if (follows) return { at: null, count: inSight };
  const count = inSight + 2 * BEYOND;
  return { at: Math.max(first, first + Math.floor(sight.top / ROW) - BEYOND), count };
}

/** Whether the last row is in sight. */
export function isAtEnd(sight: Sight, rows: number): boolean {
  return sight.top + sight.height >= rows * ROW - ROW / 2;
}

/** How many rows came since the list was touched; none while it follows. */
export function newSince(news: TrafficNews, held: { view: number; end: number } | null): number {
  if (!held || held.view !== news.view) return 0;
  return Math.max(0, news.end - held.end);
}

/** Where to scroll so that a position is in sight; null when it is already. */
export function scrollTo(sight: Sight, first: number, position: number): number | null {
  const top = (position - first) * ROW;
  if (top < sight.top) return top;
  if (top + ROW > sight.top + sight.height) return top + ROW - sight.height;
  return null;
}
