import { rateOf, TARGETS } from "@/features/counters/rate";
import { useOpened, useSession, useStores } from "@/features/session/context";
import { Icon } from "@/shared/Icon";
import { percent } from "@/shared/number";
import { texts } from "@/texts";
import styles from "./StatusLine.module.css";

const CACHE = [
  ["workspace", "workspace"],
  ["automations", "automations"],
  ["user_state", "userState"],
] as const;

/** The engine in one line: always true, and a click leads to what it names. */
export function StatusLine() {
  const figures = useOpened((opened) => opened.figures);
  const connected = useSession((each) => each.connection?.profile != null);
  const { session, looking, navigation } = useStores();

  const showFailed = () => {
    const people = Object.values(session.getState().opened?.people ?? {});
    const person = people.find((each) =>
      each.conversation.some((bubble) => bubble.send && bubble.send !== "sent"),
    );
    if (!person) return;
    looking.getState().choosePerson(person.id);
    looking.getState().show("conversation");
    requestAnimationFrame(() =>
      document.querySelector('[data-testid="bubble-error"]')?.scrollIntoView({ block: "center" }),
    );
  };
  const showCache = () => {
    // The Simulator has them beside the people; from elsewhere the way leads to the Cache.
    if (navigation.getState().screen !== "simulator") {
      navigation.getState().go("cache");
      return;
    }
    looking.getState().show("people");
    requestAnimationFrame(() => {
      const panel = document.getElementById("cache-panel");
      panel?.scrollIntoView({ block: "nearest" });
      panel?.focus();
    });
  };

  return (
    <footer className={styles.line}>
      {connected && <b>{texts.status.simulator}</b>}
      <span>{texts.status.deliveries(figures.deliveries)}</span>
      <span>{texts.status.events(figures.events)}</span>
      <span>{texts.status.sent(figures.sent)}</span>
      {figures.failed > 0 ? (
        <button
          type="button"
          className={styles.failed}
          title={texts.status.showFailed}
          onClick={showFailed}
        >
          <Icon name="failed" size={12} />
          {texts.status.failed(figures.failed)}
        </button>
      ) : (
        <span>{texts.status.failed(figures.failed)}</span>
      )}
      <span>{texts.status.queue(figures.queueWaiting)}</span>
      {figures.queueDead > 0 && (
        <span className={styles.failed}>{texts.status.dead(figures.queueDead)}</span>
      )}
      <button
        type="button"
        className={styles.cache}
        title={texts.status.showCache}
        onClick={showCache}
      >
        {CACHE.map(([name, key]) => {
          const rate = rateOf(figures.cache[key], TARGETS[name]);
          return (
            <span key={name} className={rate.below ? styles.below : undefined}>
              {texts.collections[name]} <b>{rate.share === null ? "–" : percent(rate.share)}</b>{" "}
              {texts.counters.of(TARGETS[name])}
            </span>
          );
        })}
      </button>
    </footer>
  );
}
