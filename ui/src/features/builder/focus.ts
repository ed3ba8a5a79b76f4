/** Takes the focus from the canvas to the inspector and back, by what the two mark. */

/** The first field of what is selected. */
export function focusInspector() {
  focus("[data-inspector] [data-fields] :is(input, textarea, select, button):not(:disabled)");
}

/** What was added to a list, with its text chosen so that typing takes its place. */
export function focusRow(path: string, at: number) {
  const rows = document.querySelectorAll(`[data-testid="list-${path}"] > li`);
  const input = rows[at]?.querySelector<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
  input?.focus();
  input?.select();
}

export function focusCanvas() {
  focus("[data-canvas] [data-node][tabindex='0']");
}

/** Whether a key pressed there is for the draft, and not for some other field. */
export function isForDraft(target: EventTarget | null): boolean {
  return (
    !(target instanceof Element) ||
    target === document.body ||
    target.closest("[data-inspector], [data-canvas]") !== null ||
    !target.matches("input, textarea, select")
  );
}

function focus(selector: string) {
  document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
}
