import { useRef, useState } from "react";
import { useLooking, useOpened, usePerson } from "@/features/session/context";
import { IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { arrowTarget } from "@/shared/roving";
import { texts } from "@/texts";
import { AddPerson } from "./AddPerson";
import styles from "./People.module.css";
import { PersonDetails } from "./PersonDetails";
import { PersonRow } from "./PersonRow";

/** Who writes to the account, where each stands, and what is known of the one in front. */
export function PeoplePane({ titled = true }: { titled?: boolean }) {
  const people = useOpened((opened) => opened.people);
  const order = useOpened((opened) => opened.peopleOrder);
  const front = usePerson();
  const choose = useLooking((looking) => looking.choosePerson);
  const [adding, setAdding] = useState(false);
  const addButton = useRef<HTMLButtonElement>(null);
  const rows = useRef(new Map<string, HTMLButtonElement>());

  const leaveAdding = () => {
    setAdding(false);
    addButton.current?.focus();
  };

  return (
    <section className={styles.pane} aria-label={texts.people.title}>
      <header className={pane.head}>
        <h2 className={titled ? pane.title : "visually-hidden"}>{texts.people.title}</h2>
        <IconButton
          ref={addButton}
          icon="add"
          className={styles.addButton}
          label={texts.people.add}
          aria-expanded={adding}
          data-testid="person-add"
          onClick={() => setAdding(!adding)}
        />
      </header>
      {adding && <AddPerson onDone={leaveAdding} />}
      <ul className={styles.list} aria-label={texts.people.list}>
        {order.map((id, index) => {
          const person = people[id];
          if (!person) return null;
          return (
            <li key={id}>
              <PersonRow
                person={person}
                inFront={front?.id === id}
                buttonRef={(element) => {
                  if (element) rows.current.set(id, element);
                  else rows.current.delete(id);
                }}
                onChoose={() => choose(id)}
                onKeyDown={(event) => {
                  const target = arrowTarget(event.key, index, order.length, "vertical");
                  const next = target === null ? undefined : order[target];
                  if (!next || event.altKey) return;
                  event.preventDefault();
                  choose(next);
                  rows.current.get(next)?.focus();
                }}
              />
            </li>
          );
        })}
      </ul>
      {front && <PersonDetails person={front} />}
    </section>
  );
}
