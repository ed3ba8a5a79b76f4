import { useId } from "react";
import { useSession } from "@/features/session/context";
import type { Freshness, ReplayTarget } from "@/host";
import field from "@/shared/Field.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import styles from "./Compose.module.css";
import { useLiveProfile } from "./useLiveQuestion";

export interface Wherever {
  freshness: Freshness;
  target: "engine" | "listener" | "url";
  url: string;
  secret: string;
}

export const PLAIN: Wherever = { freshness: "as_new", target: "engine", url: "", secret: "" };

/** As it was, through the listener, which only takes what is signed rightly. */
export const SIGNED: Wherever = { ...PLAIN, freshness: "as_it_was", target: "listener" };

/** Where it goes; null while that is not known. */
export function targetOf(where: Wherever, listener: string | null): ReplayTarget | null {
  switch (where.target) {
    case "engine":
      return { to: "engine" };
    case "listener":
      return listener === null ? null : { to: "url", url: listener, secret: null };
    case "url":
      return where.url.trim() === ""
        ? null
        : { to: "url", url: where.url.trim(), secret: where.secret.trim() || null };
  }
}

interface WhereProps {
  where: Wherever;
  /** The listener that it should go to does not run. */
  stopped: boolean;
  onChange: (where: Wherever) => void;
}

/** As new or as it was, into the engine, to the listener or to another address. */
export function Where({ where, stopped, onChange }: WhereProps) {
  const id = useId();
  const connection = useSession((session) => session.connection);
  const t = texts.traffic.compose;
  const level = connection?.profile == null ? "offline" : connection.level;
  const hint =
    where.target === "url" && level !== "live"
      ? t.targetHintHere[level]
      : t.targetHint[where.target];
  const live = useLiveProfile(where);
  return (
    <div className={styles.where}>
      <div>
        <span className={field.label}>{t.freshness}</span>
        <Segments
          label={t.freshness}
          value={where.freshness}
          segments={(["as_new", "as_it_was"] as const).map((value) => ({
            value,
            label: t.fresh[value],
            testId: `compose-${value}`,
          }))}
          onChange={(freshness) => onChange({ ...where, freshness })}
        />
        <p className={field.hint}>{t.freshHint[where.freshness]}</p>
      </div>
      <div>
        <span className={field.label}>{t.target}</span>
        <Segments
          label={t.target}
          value={where.target}
          segments={(["engine", "listener", "url"] as const).map((value) => ({
            value,
            label: t.targets[value],
            testId: `compose-to-${value}`,
          }))}
          onChange={(target) => onChange({ ...where, target })}
        />
        <p className={stopped ? field.problem : field.hint}>{stopped ? t.listenerStopped : hint}</p>
        {live !== null && !stopped && (
          <p className={field.problem} role="note" data-testid="compose-live">
            {t.targetLive(live)}
          </p>
        )}
        {live !== null && !stopped && !connection?.worksHere && (
          <p className={field.hint} role="note" data-testid="compose-not-here">
            {t.targetNotHere(live)}
          </p>
        )}
      </div>
      {where.target === "url" && (
        <div className={styles.address}>
          <label htmlFor={`${id}-url`}>
            <span className={field.label}>{t.url}</span>
            <input
              id={`${id}-url`}
              className={field.input}
              placeholder="http://127.0.0.1:3000/webhook"
              spellCheck={false}
              value={where.url}
              data-testid="compose-url"
              onChange={(event) => onChange({ ...where, url: event.target.value })}
            />
          </label>
          <label htmlFor={`${id}-secret`}>
            <span className={field.label}>{t.secret}</span>
            <input
              id={`${id}-secret`}
              type="password"
              autoComplete="off"
              className={field.input}
              value={where.secret}
              data-testid="compose-secret"
              onChange={(event) => onChange({ ...where, secret: event.target.value })}
            />
          </label>
          <p className={field.hint}>{t.secretHint}</p>
        </div>
      )}
    </div>
  );
}
