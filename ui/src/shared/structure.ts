/**
 * Takes over a new snapshot while every part that did not change keeps its identity, so
 * that only what shows a changed part is drawn again.
 */
export function keepUnchanged<T>(before: unknown, after: T): T {
  if (Object.is(before, after)) return after;
  if (Array.isArray(before) && Array.isArray(after)) {
    const gone = goneOf(before, after);
    const merged = after.map((item, index) => keepUnchanged(before[gone + index], item));
    const same =
      gone === 0 &&
      merged.length === before.length &&
      merged.every((item, index) => item === before[index]);
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

/** How many of a list's oldest are gone: what is left moved up, and is the same still. */
function goneOf(before: readonly unknown[], after: readonly unknown[]): number {
  if (after.length === 0) return 0;
  const first = after[0];
  return Math.max(
    0,
    before.findIndex((item) => isEqual(item, first)),
  );
}

function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && isEqual(one[key], other[key]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
