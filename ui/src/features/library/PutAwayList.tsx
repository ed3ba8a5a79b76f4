import { useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useBuilder } from "./context";
import styles from "./Library.module.css";

const NOTHING: readonly never[] = [];

/** What was archived or deleted, and can be brought back. */
export function PutAwayList() {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { drafting } = useBuilder();
  const putAway = useSession((session) => session.library?.putAway ?? NOTHING);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={styles.putAway}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="put-away"
        onClick={() => setOpen(!open)}
      >
        <Icon name="trash" size={14} />
        {texts.library.putAway(putAway.length)}
      </button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.library.putAwayTitle}
        width={340}
      >
        <p className={styles.putAwayHint}>{texts.library.putAwayHint}</p>
        <ul className={styles.putAwayList}>
          {putAway.map((one) => {
            const when = exactTime(one.at);
            return (
              <li key={one.id}>
                <span className={styles.words}>
                  <strong>{one.name}</strong>
                  <span className={styles.about} title={hoverTime(one.at)}>
                    {one.why === "archived"
                      ? texts.library.archivedWhen(when)
                      : texts.library.deletedWhen(when)}
                  </span>
                </span>
                <Button
                  data-testid={`bring-back-${one.name}`}
                  onClick={() => {
                    setOpen(false);
                    void drafting.getState().bringBack(one.id);
                  }}
                >
                  {texts.library.bringBack}
                </Button>
              </li>
            );
          })}
        </ul>
      </Popover>
    </>
  );
}
