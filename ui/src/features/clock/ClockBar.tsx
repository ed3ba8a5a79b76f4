import { useRef, useState } from "react";
import { firstName } from "@/features/people/names";
import { useOpened, usePerson, useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { clockTime, countdown, dayName, hoverTime, readDuration } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./ClockBar.module.css";
import { DueList } from "./DueList";
import { RunClock } from "./RunClock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The simulator's clock: what time it is there, and how to let it pass. */
export function ClockBar() {
  const now = useOpened((opened) => opened.now);
  const person = usePerson();
  const letPass = useSession((session) => session.letPass);
  const busy = useSession((session) => session.busy > 0);
  const expiresAt = person?.state?.expiresAt;
  const left = expiresAt !== undefined && expiresAt > now ? expiresAt - now : null;

  return (
    <section className={styles.bar} aria-label={texts.clock.title}>
      <span className={styles.now} title={`${hoverTime(now)}\n${texts.clock.hint}`}>
        <Icon name="clock" size={14} />
        <span className={styles.day}>{dayName(now)}</span>
        <time dateTime={new Date(now).toISOString()} className={styles.time} data-testid="clock">
          {clockTime(now)}
        </time>
      </span>
      <RunClock />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row here. */}
      <div role="group" aria-label={texts.clock.letPass} className={styles.steps}>
        <Button disabled={busy} data-testid="advance-11m" onClick={() => void letPass(11 * MINUTE)}>
          {texts.clock.minutes11}
        </Button>
        <Button disabled={busy} data-testid="advance-1h" onClick={() => void letPass(HOUR)}>
          {texts.clock.hour}
        </Button>
        <Button disabled={busy} data-testid="advance-24h" onClick={() => void letPass(24 * HOUR)}>
          {texts.clock.day}
        </Button>
        <Button
          icon="toEnd"
          className={styles.expiry}
          disabled={busy || left === null}
          title={
            left !== null && person
              ? texts.clock.toExpiryHint(firstName(person.name))
              : texts.clock.noExpiryHint
          }
          data-testid="advance-expiry"
          onClick={() => left !== null && void letPass(left)}
        >
          {texts.clock.toExpiry}
          {left !== null && <span className={styles.left}> {countdown(left)}</span>}
        </Button>
        <CustomTime onPass={letPass} disabled={busy} />
        <DueList />
      </div>
    </section>
  );
}

function CustomTime({
  onPass,
  disabled,
}: {
  onPass: (millis: number) => Promise<boolean>;
  disabled: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);

  return (
    <>
      <Button
        ref={anchor}
        disabled={disabled}
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid="advance-custom"
        onClick={() => setOpen(!open)}
      >
        {texts.clock.custom}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.clock.letPass}
        width={240}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const millis = readDuration(text);
            setBad(millis === null);
            if (millis === null) return;
            setOpen(false);
            setText("");
            void onPass(millis);
          }}
        >
          <label className={field.label} htmlFor="clock-custom">
            {texts.clock.customLabel}
          </label>
          <div className={styles.custom}>
            <input
              id="clock-custom"
              className={field.input}
              value={text}
              placeholder="9 h"
              autoComplete="off"
              aria-invalid={bad}
              aria-describedby="clock-custom-hint"
              data-autofocus
              onChange={(event) => {
                setText(event.target.value);
                setBad(false);
              }}
            />
            <Button type="submit" look="primary">
              {texts.clock.pass}
            </Button>
          </div>
          <p id="clock-custom-hint" className={bad ? field.problem : field.hint}>
            {bad ? texts.clock.customBad : texts.clock.customHint}
          </p>
        </form>
      </Popover>
    </>
  );
}
