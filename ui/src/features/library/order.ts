/** What the list shows, and in which order. */

import type { AutomationId, AutomationType, Entry } from "@/host";

export type Shown = "all" | "on" | "off" | "unpublished";

export interface Filter {
  text: string;
  type: AutomationType | "all";
  shown: Shown;
}

/** Whether it leaves nothing out. */
export function isEverything({ text, type, shown }: Filter): boolean {
  return text.trim() === "" && type === "all" && shown === "all";
}

export const EVERYTHING: Filter = { text: "", type: "all", shown: "all" };

export const TYPES: readonly AutomationType[] = [
  "comment_reply_flow",
  "dm_automation",
  "story_reply_flow",
];

/** One line of the list: the heading of a type, or an automation with its rank in it. */
export type Line =
  | { kind: "type"; type: AutomationType; count: number }
  | { kind: "entry"; entry: Entry; rank: number };

/** Whether an entry is looked for: by its name or one of its keywords. */
export function fits(entry: Entry, { text, type, shown }: Filter): boolean {
  if (type !== "all" && entry.type !== type) return false;
  if (shown === "on" && !(entry.isActive && entry.state !== "draft")) return false;
  if (shown === "off" && entry.isActive) return false;
  if (shown === "unpublished" && entry.state === "published") return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return true;
  const words = (entry.trigger.keywords ?? []).map((keyword) => keyword.text);
  return [entry.name, ...words].some((word) => word.toLowerCase().includes(wanted));
}

/** The lines from top to bottom. The rank is the place in which it is tried, from 1. */
export function linesOf(entries: readonly Entry[], filter: Filter): Line[] {
  return TYPES.flatMap((type): Line[] => {
    const own = entries.filter((entry) => entry.type === type);
    const shown = own
      .map((entry, index): Line & { kind: "entry" } => ({ kind: "entry", entry, rank: index + 1 }))
      .filter((line) => fits(line.entry, filter));
    return shown.length === 0 ? [] : [{ kind: "type", type, count: own.length }, ...shown];
  });
}

/** The order of a type when one of it stands before another; null: at the end. */
export function movedBefore(
  entries: readonly Entry[],
  id: AutomationId,
  before: AutomationId | null,
): AutomationId[] | null {
  const type = entries.find((entry) => entry.id === id)?.type;
  if (!type || id === before) return null;
  const own = entries.filter((entry) => entry.type === type).map((entry) => entry.id);
  const rest = own.filter((each) => each !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  if (at < 0) return null;
  const moved = [...rest.slice(0, at), id, ...rest.slice(at)];
  return moved.every((each, index) => each === own[index]) ? null : moved;
}

/** The order when it is one place earlier (-1) or later (1). */
export function movedBy(
  entries: readonly Entry[],
  id: AutomationId,
  by: -1 | 1,
): AutomationId[] | null {
  const type = entries.find((entry) => entry.id === id)?.type;
  const own = entries.filter((entry) => entry.type === type);
  const at = own.findIndex((entry) => entry.id === id);
  const before = by < 0 ? own[at - 1] : own[at + 2];
  if (at < 0 || (by < 0 ? at === 0 : at === own.length - 1)) return null;
  return movedBefore(entries, id, before?.id ?? null);
}
