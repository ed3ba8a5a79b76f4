/** Lets the palette open the list, wherever it is drawn. */

const listeners = new Set<() => void>();

/** Opens the list of notices. */
export function wantNotices() {
  for (const listener of listeners) listener();
}

/** Calls back when somebody wants the list, until the answer is called. */
export function onNoticesWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
