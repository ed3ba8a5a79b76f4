import { type KeyboardEvent, memo, type Ref } from "react";
import type { Person } from "@/host";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { Avatar } from "./Avatar";
import styles from "./People.module.css";
import { StateMark } from "./StateMark";

interface PersonRowProps {
  person: Person;
  inFront: boolean;
  buttonRef: Ref<HTMLButtonElement>;
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
  return (
    <button
      ref={buttonRef}
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
          <span className={styles.name}>{person.name}</span>
          <span className={styles.marks}>
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
          {person.unread > 0 && !inFront && (
            <span className={styles.unread} title={texts.people.unread(person.unread)}>
              {person.unread}
            </span>
          )}
        </span>
      </span>
    </button>
  );
});
