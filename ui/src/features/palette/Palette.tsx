import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useConnections, useConnectionsStore } from "@/features/connections/context";
import { useBuilder } from "@/features/library/context";
import { useStores } from "@/features/session/context";
import type { Screen } from "@/features/session/navigation";
import { Icon, type IconName } from "@/shared/Icon";
import { arrowTarget } from "@/shared/roving";
import { texts } from "@/texts";
import { commandsOf } from "./commands";
import { useElsewhere } from "./elsewhere";
import { best } from "./match";
import styles from "./Palette.module.css";

const MOST = 50;

interface PaletteProps {
  screens: readonly { screen: Screen; icon: IconName; key: string }[];
}

/** Behind Ctrl K: everything that can be done or found, by a few letters of it. */
export function Palette({ screens }: PaletteProps) {
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const held = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!held || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setOpen((shown) => !shown);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <>
      <button
        type="button"
        className={styles.opener}
        title={texts.palette.title}
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K"
        data-testid="palette"
        onClick={() => setOpen(true)}
      >
        <Icon name="search" size={14} />
        <span className={styles.words}>{texts.palette.opener}</span>
        <kbd>Ctrl K</kbd>
      </button>
      {open && <Opened screens={screens} onClose={() => setOpen(false)} />}
    </>
  );
}

function Opened({ screens, onClose }: PaletteProps & { onClose: () => void }) {
  const stores = useStores();
  const builder = useBuilder();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const connections = useConnectionsStore();
  const profiles = useConnections((state) => state.view?.profiles);
  // As it was when it was opened, but for the profiles, which are read then: what is listed
  // does not move under the hand.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the profiles are read from their store.
  const commands = useMemo(
    () => commandsOf(stores, builder, screens),
    [stores, builder, screens, profiles],
  );
  const elsewhere = useElsewhere(typed);
  // What is found later comes behind, so that nothing moves under the hand.
  const found = useMemo(
    () => [
      ...best(commands, typed, ({ title, also }) => `${title} ${also ?? ""}`, MOST),
      ...elsewhere.commands,
    ],
    [commands, typed, elsewhere.commands],
  );
  const searching = elsewhere.searching || (elsewhere.looking && found.length === 0);
  const chosen = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    void connections.getState().glance();
  }, [connections]);

  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    // What draws in tests knows no modal dialogs.
    if (typeof element?.showModal === "function") element.showModal();
    else element?.setAttribute("open", "");
    element?.querySelector("input")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  useEffect(() => {
    const option = chosen && document.getElementById(id + chosen.id);
    // What draws in tests does not scroll.
    option?.scrollIntoView?.({ block: "nearest" });
  }, [chosen, id]);

  const run = (command: (typeof found)[number] | undefined) => {
    if (!command) return;
    onClose();
    // Once the dialog is gone, so that the focus may go where the command leads.
    requestAnimationFrame(command.run);
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, as every dialog.
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={texts.palette.title}
      data-testid="palette-dialog"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <input
        className={styles.input}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={chosen ? id + chosen.id : undefined}
        aria-label={texts.palette.title}
        placeholder={texts.palette.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        data-testid="palette-input"
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            run(chosen);
            return;
          }
          if (event.key === "Home" || event.key === "End") return;
          const next = arrowTarget(event.key, at, found.length, "vertical");
          if (next === null) return;
          event.preventDefault();
          setAt(next);
        }}
      />
      <div id={id} className={styles.list} role="listbox" aria-label={texts.palette.title}>
        {found.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above.
          <div
            key={command.id}
            id={id + command.id}
            role="option"
            tabIndex={-1}
            aria-selected={command === chosen}
            className={styles.command}
            data-testid={`command-${command.id}`}
            onPointerMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <Icon name={command.icon} size={14} />
            <span className={styles.words}>{command.title}</span>
            {command.keys && <kbd>{command.keys}</kbd>}
          </div>
        ))}
      </div>
      <p className={styles.none} role="status" data-testid="palette-says">
        {searching ? texts.palette.searching : found.length === 0 && texts.palette.none}
      </p>
    </dialog>
  );
}
