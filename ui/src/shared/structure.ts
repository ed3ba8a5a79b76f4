/**
 * Takes over a new snapshot while every part that did not change keeps its identity, so
 * that only what shows a changed part is drawn again.
 */
export function keepUnchanged<T>(before: unknown, after: T): T {
  if (Object.is(before, after)) return after;
  if (Array.isArray(before) && Array.isArray(after)) {
    const merged = after.map((item, index) => keepUnchanged(before[index], item));
    const same =
      merged.length === before.length && merged.every((item, index) => item === before[index]);
    return (same ? before : merged) as T;
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = Object.keys(after);
    const merged: Record<string, unknown> = {};
    let same = keys.length === Object.keys(before).length;
    for (const key of keys) {
      merged[key] = keepUnchanged(before[key], after[key]);
      same = same && key in before && merged[key] === before[key];
    }
    return (same ? before : merged) as T;
  }
  return after;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
