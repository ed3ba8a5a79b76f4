import { useRef, useState } from "react";
import { useOpened, useSession, useStores } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./Reset.module.css";

/** Back to the workspace as it was opened, after saying what that throws away. */
export function Reset() {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { looking } = useStores();
  const workspace = useOpened((opened) => opened.workspace.name);
  const people = useOpened((opened) => opened.people);
  const reset = useSession((session) => session.reset);
  const talked = Object.values(people).filter((person) => person.conversation.length > 0);
  const messages = talked.reduce((sum, person) => sum + person.conversation.length, 0);

  return (
    <>
      <Button
        ref={anchor}
        look="quiet"
        icon="retry"
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="reset"
        onClick={() => setOpen(!open)}
      >
        {texts.reset.button}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.reset.question(workspace)}
        width={300}
      >
        <h2 className={styles.question}>{texts.reset.question(workspace)}</h2>
        <p className={styles.what}>{texts.reset.what(messages, talked.length)}</p>
        <div className={styles.buttons}>
          <Button data-autofocus onClick={() => setOpen(false)}>
            {texts.reset.cancel}
          </Button>
          <Button
            look="danger"
            data-testid="reset-confirm"
            onClick={async () => {
              setOpen(false);
              if (await reset()) looking.getState().forget();
            }}
          >
            {texts.reset.confirm}
          </Button>
        </div>
      </Popover>
    </>
  );
}
