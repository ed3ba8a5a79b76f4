/** Places in a document, such as `steps.main.messages.0.buttons.1.title`. */

type Part = string | number;

/** Digits are a place in a list only where a list is: what is there decides. */
function partsOf(path: string): Part[] {
  if (path === "") return [];
  return path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export function getAt(document: unknown, path: string): unknown {
  let at: unknown = document;
  for (const part of partsOf(path)) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<Part, unknown>)[part];
  }
  return at;
}

/** The document with this value there. What is on the way and missing is made. */
export function setAt<T>(document: T, path: string, value: unknown): T {
  return put(document, partsOf(path), value) as T;
}

/** The document without what is there: a list closes up, a field goes. */
export function removeAt<T>(document: T, path: string): T {
  return put(document, partsOf(path), undefined) as T;
}

function put(document: unknown, parts: readonly Part[], value: unknown): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(document) || (typeof part === "number" && !isRecord(document))) {
    const list = Array.isArray(document) ? [...document] : [];
    const at = Number(part);
    if (rest.length === 0 && value === undefined) list.splice(at, 1);
    else if (rest.length > 0 && value === undefined && list[at] === undefined) return document;
    else list[at] = put(list[at], rest, value);
    return list;
  }
  const fields: Record<Part, unknown> = isRecord(document) ? { ...document } : {};
  if (value === undefined && rest.length === 0) delete fields[part];
  else if (value === undefined && fields[part] === undefined) return document;
  else fields[part] = put(fields[part], rest, value);
  return fields;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
