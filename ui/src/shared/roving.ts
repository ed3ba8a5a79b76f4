/** Where an arrow key leads in a list of so many, or null for any other key. */
export function arrowTarget(
  key: string,
  at: number,
  length: number,
  axis: "vertical" | "both",
): number | null {
  if (length === 0) return null;
  const wrap = (index: number) => (index + length) % length;
  switch (key) {
    case "ArrowDown":
      return wrap(at + 1);
    case "ArrowUp":
      return wrap(at - 1);
    case "ArrowRight":
      return axis === "both" ? wrap(at + 1) : null;
    case "ArrowLeft":
      return axis === "both" ? wrap(at - 1) : null;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}

/** Whether a key typed here is text, so that a shortcut must not take it. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type))
  );
}

const CONTROLS = "a[href], button, input, select, textarea, [tabindex]";

/** Whether a key was pressed on a control that stands inside of a list and is reached by the
 * Tab key: it has its own use for keys. */
export function isOfControl(event: { target: EventTarget; currentTarget: EventTarget }): boolean {
  const { target, currentTarget } = event;
  if (target === currentTarget || !(target instanceof Element)) return false;
  const control = target.closest<HTMLElement>(CONTROLS);
  return control !== null && control !== currentTarget && control.tabIndex >= 0;
}
