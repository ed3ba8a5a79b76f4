import { useRef, useState } from "react";
import { Button } from "@/shared/Button";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { Templates } from "./Templates";
import styles from "./Templates.module.css";

/** Begins a draft from a template. */
export function NewAutomation() {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button
        ref={anchor}
        look="primary"
        icon="add"
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="new-automation"
        onClick={() => setOpen(!open)}
      >
        {texts.library.new}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.library.newTitle}
        width={440}
      >
        <h2 className={styles.title}>{texts.library.newTitle}</h2>
        <p className={styles.hint}>{texts.library.newHint}</p>
        <Templates autoFocus onChoose={() => setOpen(false)} />
      </Popover>
    </>
  );
}
