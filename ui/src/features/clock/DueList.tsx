import { useRef, useState } from "react";
import { firstName } from "@/features/people/names";
import { useOpened, useSession } from "@/features/session/context";
import type { Due, DueKind, Person } from "@/host";
import { Button } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { countdown, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./ClockBar.module.css";

const t = texts.playback.clock;

const ICON: Record<DueKind, IconName> = {
  send: "send",
  retry: "retry",
  state_expires: "clock",
  silence_ends: "silenced",
  window_closes: "lock",
};

/** What is due, in words. */
export function dueWords(due: Due, people: Readonly<Record<string, Person>>): string {
  const who = due.person ? firstName(people[due.person]?.name ?? due.person) : null;
  return t.what(who, due.kind, due.awaiting ? texts.awaitingShort[due.awaiting] : due.text);
}

/** What happens when time passes, and a jump to each. */
export function DueList() {
  const due = useOpened((opened) => opened.playback.due);
  const now = useOpened((opened) => opened.now);
  const people = useOpened((opened) => opened.people);
  const passUntil = useSession((session) => session.passUntil);
  const busy = useSession((session) => session.busy > 0);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);

  return (
    <>
      <Button
        ref={anchor}
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid="due-open"
        onClick={() => setOpen(!open)}
      >
        {t.due}
        {due.length > 0 && <span className={styles.count}> {due.length}</span>}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.dueTitle}
        width={440}
      >
        <h2 className={styles.dueTitle}>{t.dueTitle}</h2>
        {due.length === 0 && <p className={styles.dueNone}>{t.dueNone}</p>}
        <ul className={styles.due}>
          {due.map((each) => {
            const words = dueWords(each, people);
            return (
              <li key={`${each.kind}-${each.person}-${each.at}-${each.text}`}>
                <Icon name={ICON[each.kind]} size={14} />
                <span className={styles.dueWords}>{words}</span>
                <time className={styles.dueLeft} title={hoverTime(each.at)}>
                  {t.in(countdown(each.at - now))}
                </time>
                <Button
                  disabled={busy}
                  aria-label={t.jumpTo(words)}
                  data-testid={`jump-${each.kind}`}
                  onClick={() => void passUntil(each.at)}
                >
                  {t.jump}
                </Button>
              </li>
            );
          })}
        </ul>
      </Popover>
    </>
  );
}
