/**
 * Two edits of the same automation made into one: what only one of them changed is taken,
 * and where both changed the same place to something else, it stays as I have it and is
 * told.
 */

import type { Automation } from "@/host";
import { isSame } from "./change";
import { labelOf } from "./diff";
import { isRecord } from "./path";

export interface Conflict {
  path: string;
  label: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  merged: Automation;
  conflicts: Conflict[];
}

/** What the store counts is always that of the newer document. */
const THEIRS = ["version", "createdAt", "updatedAt"] as const;

export function merge(base: Automation, mine: Automation, theirs: Automation): Merged {
  const conflicts: Conflict[] = [];
  const merged = both(base, mine, theirs, "", conflicts) as Automation;
  for (const name of THEIRS) {
    if (theirs[name] !== undefined) merged[name] = theirs[name];
  }
  return {
    merged,
    conflicts: conflicts.filter(({ path }) => !(THEIRS as readonly string[]).includes(path)),
  };
}

function both(
  base: unknown,
  mine: unknown,
  theirs: unknown,
  path: string,
  conflicts: Conflict[],
): unknown {
  if (path !== "" && (isSame(mine, theirs) || isSame(base, theirs))) return mine;
  if (path !== "" && isSame(base, mine)) return theirs;
  if (isRecord(mine) && isRecord(theirs) && (isRecord(base) || base === undefined)) {
    // A button that became another kind of button is one change, not two halves.
    const whole = isRecord(base) && path !== "" && !sameKind(base, mine, theirs);
    if (!whole) return fields(base ?? {}, mine, theirs, path, conflicts);
  }
  if (
    Array.isArray(base) &&
    Array.isArray(mine) &&
    Array.isArray(theirs) &&
    base.length === mine.length &&
    base.length === theirs.length
  ) {
    return mine.map((each, at) => both(base[at], each, theirs[at], `${path}.${at}`, conflicts));
  }
  conflicts.push({ path, label: labelOf(path), base, mine, theirs });
  return mine;
}

function fields(
  base: Record<string, unknown>,
  mine: Record<string, unknown>,
  theirs: Record<string, unknown>,
  path: string,
  conflicts: Conflict[],
) {
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const own = path === "" ? name : `${path}.${name}`;
    const value = both(base[name], mine[name], theirs[name], own, conflicts);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** A button is a link or leads to a step, and a message is of one type: halves do not mix. */
function sameKind(...parts: Record<string, unknown>[]): boolean {
  const kinds = parts.map(
    (part) => `${part.type} ${"url" in part} ${"step" in part && "title" in part}`,
  );
  return kinds.every((kind) => kind === kinds[0]);
}
