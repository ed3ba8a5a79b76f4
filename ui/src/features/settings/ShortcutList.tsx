import { useRef } from "react";
import { IconButton } from "@/shared/Button";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./ShortcutList.module.css";

/** The keys of the window, behind `?`. */
export function ShortcutList({
  open,
  onToggle,
}: {
  open: boolean;
  onToggle: (open: boolean) => void;
}) {
  const anchor = useRef<HTMLButtonElement>(null);
  return (
    <>
      <IconButton
        ref={anchor}
        icon="keyboard"
        label={texts.keys.button}
        aria-keyshortcuts="?"
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="shortcuts"
        onClick={() => onToggle(!open)}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => onToggle(false)}
        label={texts.keys.title}
        width={760}
      >
        <h2 className={styles.title}>{texts.keys.title}</h2>
        <div className={styles.groups}>
          {texts.keys.groups.map(({ name, list }) => (
            <section key={name} className={styles.group}>
              <h3>{name}</h3>
              <dl className={styles.list}>
                {list.map(([keys, does]) => (
                  <div key={keys}>
                    <dt>
                      <kbd>{keys}</kbd>
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </Popover>
    </>
  );
}
