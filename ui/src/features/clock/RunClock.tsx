import { useState } from "react";
import { useOpened, useSession } from "@/features/session/context";
import { IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import styles from "./ClockBar.module.css";

const t = texts.playback.clock;

/** How many times faster than the world the clock can run. */
const SPEEDS = [1, 10, 60, 600] as const;

/** Lets the virtual clock run by itself, and stops it. */
export function RunClock() {
  const speed = useOpened((opened) => opened.playback.speed);
  const run = useSession((session) => session.run);
  const [chosen, setChosen] = useState<number>(60);
  const runs = speed > 0;
  const shown = runs ? speed : chosen;
  return (
    <span className={styles.run} data-runs={runs || undefined}>
      <IconButton
        icon={runs ? "pause" : "play"}
        label={runs ? t.pause : t.play}
        data-testid="clock-run"
        onClick={() => void run(runs ? 0 : chosen)}
      />
      <select
        className={`${field.select} ${styles.speed}`}
        aria-label={t.speed}
        title={t.speed}
        data-testid="clock-speed"
        value={shown}
        onChange={(event) => {
          const wanted = Number(event.target.value);
          setChosen(wanted);
          if (runs) void run(wanted);
        }}
      >
        {SPEEDS.map((each) => (
          <option key={each} value={each}>
            {t.times(each)}
          </option>
        ))}
      </select>
    </span>
  );
}
