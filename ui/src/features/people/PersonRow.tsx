import { type KeyboardEvent, memo, useRef, useState } from "react";
import { useLooking } from "@/features/session/context";
import { unreadOf } from "@/features/session/looking";
import type { Person } from "@/host";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { Avatar } from "./Avatar";
import { languageName } from "./languages";
import styles from "./People.module.css";
import { PersonMenu } from "./PersonMenu";
import { StateMark } from "./StateMark";

interface PersonRowProps {
  person: Person;
  inFront: boolean;
  buttonRef: (element: HTMLButtonElement | null) => void;
  onChoose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

export const PersonRow = memo(function PersonRow({
  person,
  inFront,
  buttonRef,
  onChoose,
  onKeyDown,
}: PersonRowProps) {
  const unread = useLooking((looking) => unreadOf(person, looking.seen));
  const [menu, setMenu] = useState(false);
  const own = useRef<HTMLButtonElement | null>(null);
  return (
    <>
      <button
        ref={(element) => {
          own.current = element;
          buttonRef(element);
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          onChoose();
          setMenu(true);
        }}
        type="button"
        className={styles.row}
        aria-current={inFront ? "true" : undefined}
        tabIndex={inFront ? 0 : -1}
        data-testid={`person-${person.name}`}
        onClick={onChoose}
        onKeyDown={onKeyDown}
      >
        <Avatar name={person.name} />
        <span className={styles.rowBody}>
          <span className={styles.rowHead}>
            <span className={styles.name} dir="auto">
              {person.name}
            </span>
            <span className={styles.marks}>
              {person.language && (
                <span
                  role="img"
                  className={styles.tag}
                  aria-label={texts.people.writes(languageName(person.language))}
                  title={texts.people.writes(languageName(person.language))}
                >
                  {person.language}
                </span>
              )}
              {person.contact?.unsubscribed && (
                <Icon
                  name="muted"
                  size={14}
                  label={texts.people.unsubscribed}
                  className={styles.unsubscribed}
                />
              )}
              {person.contact?.email && (
                <Icon
                  name="email"
                  size={14}
                  label={`${texts.people.email}: ${person.contact.email}`}
                />
              )}
              <Icon
                name={person.follows ? "followed" : "follow"}
                size={14}
                label={person.follows ? texts.people.follows : texts.people.followsNot}
                className={person.follows ? styles.follows : styles.followsNot}
              />
            </span>
          </span>
          <span className={styles.rowState}>
            {person.conversation.length === 0 ? (
              <span className={styles.quiet}>{texts.people.neverWrote}</span>
            ) : (
              <StateMark awaiting={person.state?.state} />
            )}
            {unread > 0 && !inFront && (
              <span className={styles.unread} title={texts.people.unread(unread)}>
                {unread}
              </span>
            )}
          </span>
        </span>
      </button>
      <PersonMenu person={person} anchor={own} open={menu} onClose={() => setMenu(false)} />
    </>
  );
});
