import {
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import styles from "./Popover.module.css";

interface PopoverProps {
  /** What opens it: it is placed beside it and gets the focus back. */
  anchor: RefObject<HTMLElement | null>;
  open: boolean;
  onClose: () => void;
  label: string;
  /** A menu moves with arrow keys; a dialog with the Tab key. */
  role?: "dialog" | "menu";
  width?: number;
  /** Where the pointer asked for it, in pixels of the window; beside the anchor otherwise. */
  at?: { x: number; y: number } | undefined;
  children: ReactNode;
}

const MARGIN = 8;

/** A popover that is open: what opened it, and where it is drawn. */
interface Open {
  anchor: RefObject<HTMLElement | null>;
  panel: RefObject<HTMLElement | null>;
}

const allOpen = new Set<Open>();

/** Whether something is in a popover, or in one that was opened from inside it. */
function isInside(target: Node, { panel }: Open): boolean {
  if (panel.current?.contains(target)) return true;
  return [...allOpen].some(
    (other) =>
      other.panel !== panel &&
      other.anchor.current !== null &&
      panel.current?.contains(other.anchor.current) &&
      isInside(target, other),
  );
}

/** A panel beside what opened it. Escape, a click elsewhere or leaving it closes it. */
export function Popover({
  anchor,
  open,
  onClose,
  label,
  role = "dialog",
  width,
  at,
  children,
}: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const id = useId();
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const x = at?.x;
  const y = at?.y;

  useLayoutEffect(() => {
    if (!open) return;
    const put = () => {
      const from = anchor.current?.getBoundingClientRect();
      const own = panel.current?.getBoundingClientRect();
      if (!from || !own) return;
      const below = y ?? from.bottom + 4;
      const above = (y ?? from.top - 4) - own.height;
      const fits = below + own.height + MARGIN <= window.innerHeight || above < MARGIN;
      const top = fits ? Math.min(below, window.innerHeight - own.height - MARGIN) : above;
      const left = Math.min(x ?? from.left, window.innerWidth - own.width - MARGIN);
      setPlace({ left: Math.max(MARGIN, left), top: Math.max(MARGIN, top) });
    };
    put();
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(put);
    if (panel.current) observer?.observe(panel.current);
    window.addEventListener("resize", put);
    return () => {
      observer?.disconnect();
      window.removeEventListener("resize", put);
    };
  }, [open, anchor, x, y]);

  const atPointer = at !== undefined;
  useEffect(() => {
    if (!open) return;
    const opener = anchor.current;
    const own: Open = { anchor, panel };
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node;
      if (isInside(target, own)) return;
      // A click on what opened it is its own to answer, unless that is a whole list.
      if (!atPointer && opener?.contains(target)) return;
      close.current();
    };
    allOpen.add(own);
    document.addEventListener("pointerdown", onPointer, true);
    return () => {
      allOpen.delete(own);
      document.removeEventListener("pointerdown", onPointer, true);
      // Only when the focus was inside: a click elsewhere has put it where it belongs.
      if (!document.activeElement || document.activeElement === document.body) opener?.focus();
    };
  }, [open, anchor, atPointer]);

  // Only what is visible takes the focus, and it is once it has its place.
  const placed = place !== null;
  useEffect(() => {
    if (!open || !placed) return;
    const first = panel.current?.querySelector<HTMLElement>(
      "[data-autofocus], button:not(:disabled), input:not(:disabled), select, textarea, a[href]",
    );
    (first ?? panel.current)?.focus();
  }, [open, placed]);

  if (!open) return null;
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: it has the role of a dialog or menu.
    <div
      ref={panel}
      id={id}
      role={role}
      aria-label={label}
      tabIndex={-1}
      className={styles.popover}
      style={{
        left: place?.left ?? 0,
        top: place?.top ?? 0,
        width,
        visibility: place ? "visible" : "hidden",
      }}
      onKeyDown={(event) => {
        // A popover that was opened from inside this one has keys of its own.
        if (!panel.current?.contains(event.target as Node)) return;
        if (event.key === "Escape") {
          event.stopPropagation();
          anchor.current?.focus();
          onClose();
        } else if (event.key === "Tab") {
          keepInside(event, panel.current);
        } else if (role === "menu" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
          event.preventDefault();
          moveInMenu(panel.current, event.key === "ArrowDown" ? 1 : -1);
        }
      }}
    >
      {children}
    </div>,
    // Inside the landmark that everything else is in, for those who move by landmarks.
    document.querySelector("main") ?? document.body,
  );
}

function focusable(panel: HTMLElement | null): HTMLElement[] {
  return [
    ...(panel?.querySelectorAll<HTMLElement>(
      "button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, a[href]",
    ) ?? []),
  ];
}

function keepInside(event: React.KeyboardEvent, panel: HTMLElement | null) {
  const all = focusable(panel);
  const first = all[0];
  const last = all.at(-1);
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first?.focus();
  }
}

function moveInMenu(panel: HTMLElement | null, by: 1 | -1) {
  const all = focusable(panel);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + by + all.length) % all.length]?.focus();
}
