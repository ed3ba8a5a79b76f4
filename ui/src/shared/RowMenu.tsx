import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useState,
} from "react";
import type { IconName } from "./Icon";
import { MenuItem } from "./Menu";
import { Popover } from "./Popover";

/** Something that can be done with a row: a button where it is open, a line of its menu. */
export interface Action {
  /** The button's test id; the line's is the same with `-menu` behind it. */
  id: string;
  label: string;
  icon?: IconName;
  /** How the button looks. */
  look?: "primary" | "quiet" | "danger";
  disabled?: boolean | undefined;
  /** Why it cannot be done, or what there is to know. */
  title?: string | undefined;
  run: () => void;
}

interface RowMenuOptions<T> {
  /** What has the focus while rows are walked through. */
  list: RefObject<HTMLElement | null>;
  /** The row whose element has this id, */
  find: (id: string) => T | undefined;
  /** and the other way round. */
  idOf: (row: T) => string;
  /** The row that the keys are at. */
  chosen: T | undefined;
  /** The row was asked about with the pointer. */
  choose: (row: T) => void;
  /** Its menu was asked for, which may take a look at it. */
  onAsk?: (row: T) => void;
  /** What the menu is called, */
  label: (row: T) => string;
  /** and what it offers. */
  actions: (row: T) => Action[];
}

interface RowMenu {
  onContextMenu: (event: MouseEvent) => void;
  /** Whether it was the menu's key: the Menu key, or Shift with F10. */
  onMenuKey: (event: KeyboardEvent) => boolean;
  menu: ReactNode;
}

/** The menu of the rows of a list: where the other mouse button, the Menu key or Shift with
 * F10 asks for it. */
export function useRowMenu<T>(options: RowMenuOptions<T>): RowMenu {
  const { list, find, idOf, chosen, choose, onAsk, label, actions } = options;
  const [asked, setAsked] = useState<{ row: T; at: { x: number; y: number } } | null>(null);
  const ask = (row: T, at: { x: number; y: number }) => {
    onAsk?.(row);
    setAsked({ row, at });
  };
  /** Below the row that the keys are at. */
  const askByKey = () => {
    if (chosen === undefined) return;
    const row = document.getElementById(idOf(chosen))?.getBoundingClientRect();
    ask(chosen, { x: (row?.left ?? 0) + 24, y: row?.bottom ?? 0 });
  };
  return {
    onContextMenu: (event) => {
      if (!(event.target instanceof Element)) return;
      const element = event.target.closest('[role="row"], [role="option"], tr');
      const row = element ? find(element.id) : undefined;
      if (row !== undefined) {
        event.preventDefault();
        choose(row);
        ask(row, { x: event.clientX, y: event.clientY });
      } else if (event.target === list.current) {
        // The system's own menu key asks what has the focus.
        event.preventDefault();
        askByKey();
      }
    },
    onMenuKey: (event) => {
      if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return false;
      event.preventDefault();
      askByKey();
      return true;
    },
    menu: asked && (
      <Popover
        anchor={list}
        open
        at={asked.at}
        onClose={() => setAsked(null)}
        label={label(asked.row)}
        role="menu"
      >
        {actions(asked.row).map((action) => (
          <MenuItem
            key={action.id}
            {...(action.icon && { icon: action.icon })}
            disabled={action.disabled === true}
            title={action.title}
            testId={`${action.id}-menu`}
            onChoose={() => {
              setAsked(null);
              list.current?.focus();
              action.run();
            }}
          >
            {action.label}
          </MenuItem>
        ))}
      </Popover>
    ),
  };
}
