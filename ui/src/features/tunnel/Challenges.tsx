import type { SeenChallenge } from "@/host";
import { Icon } from "@/shared/Icon";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useTunnel } from "./context";
import styles from "./Tunnel.module.css";

/** As many as are shown: enough for an afternoon with the dashboard. */
const SHOWN = 6;
const NONE: SeenChallenge[] = [];

/** The verifications as the listener saw them, the newest first. */
export function Challenges() {
  const seen = useTunnel(({ news }) => news?.challenges ?? NONE);
  const t = texts.tunnel.challenges;
  const latest = seen.slice(-SHOWN).reverse();
  return (
    <section className={styles.part} aria-labelledby="tunnel-challenges">
      <h3 id="tunnel-challenges">{t.title}</h3>
      {latest.length === 0 ? (
        <p className={styles.hint} data-testid="tunnel-no-challenge">
          {t.none}
        </p>
      ) : (
        <ol className={styles.seen} aria-live="polite">
          {latest.map((challenge) => (
            <Challenge key={challenge.number} challenge={challenge} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Challenge({ challenge }: { challenge: SeenChallenge }) {
  const t = texts.tunnel.challenges;
  // The check asks with another token on purpose.
  const asItShould = challenge.asker === "ourselves" && challenge.outcome === "wrong_token";
  const good = challenge.outcome === "answered" || asItShould;
  return (
    <li
      data-tone={good ? "good" : "failed"}
      title={t.from(challenge.from, challenge.userAgent)}
      data-testid="tunnel-challenge"
    >
      <Icon name={good ? "check" : "failed"} size={14} />
      <time dateTime={new Date(challenge.at).toISOString()} title={hoverTime(challenge.at)}>
        {clockTime(challenge.at)}
      </time>
      <span className="selectable">{t.says(challenge)}</span>
    </li>
  );
}
