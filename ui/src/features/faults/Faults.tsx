import { useRef, useState } from "react";
import { useOpened, useSession } from "@/features/session/context";
import type { ActiveFaults, BadAnswer, Fault } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./Faults.module.css";

const t = texts.playback.faults;

const ANSWERS = Object.keys(texts.playback.answers) as BadAnswer[];

type Slowness = keyof typeof t.storeBy;
const SLOWNESS: readonly Slowness[] = ["100", "500", "2000"];

type Times = keyof typeof t.timesOf;
const TIMES: readonly Times[] = ["1", "2", "3", "always"];

/** What goes wrong now, each with how to end it. */
export function activeFaults(faults: ActiveFaults): { text: string; end: Fault }[] {
  return [
    ...faults.instagram.map(({ answer, times }) => ({
      text: t.answering(answer, times),
      end: { fault: "recovers" } satisfies Fault,
    })),
    ...(faults.comesTwice
      ? [{ text: t.twice, end: { fault: "comes_twice", on: false } satisfies Fault }]
      : []),
    ...(faults.holdsNext
      ? [{ text: t.holdingNext, end: { fault: "arrives" } satisfies Fault }]
      : []),
    ...(faults.storeSlow > 0
      ? [
          {
            text: t.slow(faults.storeSlow),
            end: { fault: "store_slow", millis: 0 } satisfies Fault,
          },
        ]
      : []),
    ...(faults.holds ? [{ text: t.holding, end: { fault: "arrives" } satisfies Fault }] : []),
  ];
}

/** Lets something go wrong on purpose. */
export function Faults() {
  const faults = useOpened((opened) => opened.playback.faults);
  const begin = useSession((session) => session.fault);
  const busy = useSession((session) => session.busy > 0);
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState<BadAnswer>("server_error");
  const [times, setTimes] = useState<Times>("1");
  const anchor = useRef<HTMLButtonElement>(null);
  const active = activeFaults(faults);

  return (
    <>
      <Button
        ref={anchor}
        icon="bolt"
        title={t.open}
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid="faults-open"
        onClick={() => setOpen(!open)}
      >
        {t.title}
      </Button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={t.open}
        width={380}
      >
        <p className={styles.intro}>{t.intro}</p>
        <h3 className={styles.part}>{t.deliveries}</h3>
        <div className={styles.buttons}>
          <Button
            disabled={busy || faults.comesTwice}
            data-testid="fault-twice"
            onClick={() => void begin({ fault: "comes_twice", on: true })}
          >
            {t.comesTwice}
          </Button>
          <Button
            disabled={busy || faults.holdsNext || faults.holds}
            title={t.heldBackHint}
            data-testid="fault-held"
            onClick={() => void begin({ fault: "held_back" })}
          >
            {t.heldBack}
          </Button>
          <Button
            disabled={busy || !faults.canRepeat}
            data-testid="fault-again"
            onClick={() => void begin({ fault: "again" })}
          >
            {t.again}
          </Button>
        </div>
        <h3 className={styles.part} id="faults-instagram">
          {t.instagram}
        </h3>
        <form
          className={styles.answer}
          onSubmit={(event) => {
            event.preventDefault();
            void begin({
              fault: "instagram",
              answer,
              times: times === "always" ? null : Number(times),
            });
          }}
        >
          <select
            className={field.select}
            aria-labelledby="faults-instagram"
            data-testid="fault-answer"
            value={answer}
            onChange={(event) => setAnswer(event.target.value as BadAnswer)}
          >
            {ANSWERS.map((each) => (
              <option key={each} value={each}>
                {texts.playback.answers[each]}
              </option>
            ))}
          </select>
          <select
            className={field.select}
            aria-label={t.times}
            data-testid="fault-times"
            value={times}
            onChange={(event) => setTimes(event.target.value as Times)}
          >
            {TIMES.map((each) => (
              <option key={each} value={each}>
                {t.timesOf[each]}
              </option>
            ))}
          </select>
          <Button type="submit" look="primary" disabled={busy} data-testid="fault-begin">
            {t.begin}
          </Button>
        </form>
        <h3 className={styles.part}>{t.cache}</h3>
        <div className={styles.buttons}>
          <Button
            disabled={busy}
            title={t.loseCacheHint}
            data-testid="fault-cache"
            onClick={() => void begin({ fault: "cache_lost" })}
          >
            {t.loseCache}
          </Button>
        </div>
        <h3 className={styles.part}>{t.store}</h3>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row here. */}
        <div role="group" aria-label={t.storeSlow} className={styles.buttons}>
          <span className={styles.by}>{t.storeSlow}</span>
          {SLOWNESS.map((millis) => (
            <Button
              key={millis}
              disabled={busy || String(faults.storeSlow) === millis}
              data-testid={`fault-slow-${millis}`}
              onClick={() => void begin({ fault: "store_slow", millis: Number(millis) })}
            >
              {t.storeBy[millis]}
            </Button>
          ))}
        </div>
        {active.length > 0 && (
          <>
            <h3 className={styles.part}>{t.active}</h3>
            <ActiveList active={active} />
          </>
        )}
      </Popover>
    </>
  );
}

function ActiveList({ active }: { active: readonly { text: string; end: Fault }[] }) {
  const end = useSession((session) => session.fault);
  return (
    <ul className={styles.active}>
      {active.map((each) => (
        <li key={each.text} data-testid="fault-active">
          <Icon name="bolt" size={12} />
          <span>{each.text}</span>
          <IconButton
            small
            icon="close"
            label={t.end(each.text)}
            onClick={() => void end(each.end)}
          />
        </li>
      ))}
    </ul>
  );
}

/** The active faults below the bar, for as long as there are any. */
export function FaultLine() {
  const faults = useOpened((opened) => opened.playback.faults);
  const active = activeFaults(faults);
  if (active.length === 0) return null;
  return (
    <section className={styles.line} aria-label={t.active}>
      <ActiveList active={active} />
    </section>
  );
}
