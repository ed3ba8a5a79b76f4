import { useRef, useState } from "react";
import { useOpened, useSession } from "@/features/session/context";
import type { AutomationId, Awaiting, Person } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./People.module.css";
import { StateMark } from "./StateMark";

const t = texts.playback.people;

/** The address that is known, and how to set it by hand. */
export function EmailFact({ person }: { person: Person }) {
  const setEmail = useSession((session) => session.setEmail);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const anchor = useRef<HTMLButtonElement>(null);
  const email = person.contact?.email;
  return (
    <dd className={styles.byHand}>
      <span className={email ? "selectable" : styles.quiet} data-testid="person-email">
        {email ?? texts.people.noEmail}
      </span>
      <IconButton
        ref={anchor}
        small
        icon="hand"
        label={t.setEmail}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="set-email"
        onClick={() => {
          setText(email ?? "");
          setOpen(!open);
        }}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.setEmail}
        width={280}
      >
        <form
          className={styles.byHandForm}
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
            void setEmail(person.id, text.trim() || null);
          }}
        >
          <label>
            <span className={field.label}>{texts.people.email}</span>
            <input
              className={field.input}
              value={text}
              autoComplete="off"
              data-autofocus
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <Button type="submit" look="primary">
            {text.trim() ? t.put : t.clearEmail}
          </Button>
        </form>
      </Popover>
    </dd>
  );
}

/** Which waits an automation can lead to. */
const WAITS: readonly [Awaiting, "opening" | "follow" | "email"][] = [
  ["awaiting_opening_response", "opening"],
  ["awaiting_follow_confirmation", "follow"],
  ["awaiting_email", "email"],
];

/** Where the person stands, and how to set it by hand. */
export function PutState({ person }: { person: Person }) {
  const automations = useOpened((opened) => opened.automations);
  const order = useOpened((opened) => opened.automationOrder);
  const put = useSession((session) => session.put);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState("");
  const anchor = useRef<HTMLButtonElement>(null);
  const places = order.flatMap((id) => {
    const automation = automations[id];
    if (!automation) return [];
    return WAITS.filter(([, step]) => automation.steps?.[step]).map(
      ([awaiting]): [AutomationId, Awaiting, string] => [id, awaiting, automation.name],
    );
  });
  const standing = person.state;
  return (
    <dd className={styles.byHand}>
      <StateMark awaiting={standing?.state} short />
      <IconButton
        ref={anchor}
        small
        icon="hand"
        label={t.putTitle}
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="put-state"
        onClick={() => {
          setChosen(standing ? `${standing.automationId} ${standing.state}` : "");
          setOpen(!open);
        }}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.putTitle}
        width={300}
      >
        <form
          className={styles.byHandForm}
          onSubmit={(event) => {
            event.preventDefault();
            setOpen(false);
            const place = places.find(([id, awaiting]) => `${id} ${awaiting}` === chosen);
            void put(person.id, place ? [place[0], place[1]] : null);
          }}
        >
          <label>
            <span className={field.label}>{t.awaits}</span>
            <select
              className={field.select}
              value={chosen}
              data-testid="put-choice"
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="">{t.putNone}</option>
              {places.map(([id, awaiting, name]) => (
                <option key={`${id} ${awaiting}`} value={`${id} ${awaiting}`}>
                  {`${name}: ${texts.awaiting[awaiting]}`}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" look="primary" data-testid="put-submit">
            {t.put}
          </Button>
        </form>
      </Popover>
    </dd>
  );
}
