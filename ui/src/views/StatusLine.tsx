import { rateOf, TARGETS } from "@/features/counters/rate";
import { useOpened, useSession, useStores } from "@/features/session/context";
import type { CacheFigures, FrontFigures } from "@/host";
import { Icon } from "@/shared/Icon";
import { percent } from "@/shared/number";
import { texts } from "@/texts";
import styles from "./StatusLine.module.css";

const CACHE = [
  ["workspace", "workspace"],
  ["automations", "automations"],
  ["user_state", "userState"],
] as const;

/** What is in front in one line: always true, and a click leads to what it names. */
export function StatusLine() {
  const front = useSession((session) => session.front);
  return (
    <footer className={styles.line} data-testid="status-line">
      {front ? <OfProfile figures={front} /> : <OfSimulator />}
    </footer>
  );
}

/** The figures of the profile in front: this window's, or those of its workers. */
function OfProfile({ figures }: { figures: FrontFigures }) {
  const { navigation } = useStores();
  const t = texts.status;
  const { whose } = figures;
  const go = (screen: "cache" | "queue" | "traffic") => () => navigation.getState().go(screen);
  const counted = whose.of !== "nobody";
  return (
    <>
      <b title={t.whoseHint(figures.profile)[whose.of]} data-testid="status-whose">
        {figures.profile} ·{" "}
        {whose.of === "workers" ? t.workers(whose.answering, whose.named) : t.whose[whose.of]}
      </b>
      {counted && (
        <>
          <Deliveries count={figures.deliveries} onShow={go("traffic")} />
          <span>{t.events(figures.events)}</span>
          <span data-testid="status-sent">
            {figures.isDryRun ? t.wouldSend(figures.sent) : t.sent(figures.sent)}
          </span>
          {figures.failed > 0 ? (
            <button
              type="button"
              className={styles.failed}
              title={t.showNotSent}
              onClick={go("traffic")}
            >
              <Icon name="failed" size={12} />
              {t.failed(figures.failed)}
            </button>
          ) : (
            <span>{t.failed(0)}</span>
          )}
        </>
      )}
      <Queue waiting={figures.queueWaiting} dead={figures.queueDead ?? 0} onShow={go("queue")} />
      {counted && <CacheRates cache={figures.cache} onShow={go("cache")} />}
    </>
  );
}

function OfSimulator() {
  const figures = useOpened((opened) => opened.figures);
  // A profile that was connected this moment has not told its figures yet.
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
    <>
      {connected && <b>{texts.status.simulator}</b>}
      <Deliveries count={figures.deliveries} onShow={() => navigation.getState().go("traffic")} />
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
      <Queue
        waiting={figures.queueWaiting}
        dead={figures.queueDead}
        onShow={() => navigation.getState().go("queue")}
      />
      <CacheRates cache={figures.cache} onShow={showCache} />
    </>
  );
}

function Deliveries({ count, onShow }: { count: number; onShow: () => void }) {
  const t = texts.status;
  return (
    <button type="button" className={styles.leads} title={t.showTraffic} onClick={onShow}>
      {t.deliveries(count)}
    </button>
  );
}

interface QueueProps {
  /** Null where it is not known. */
  waiting: number | null;
  dead: number;
  onShow: () => void;
}

function Queue({ waiting, dead, onShow }: QueueProps) {
  const t = texts.status;
  return (
    <button type="button" className={styles.leads} title={t.showQueue} onClick={onShow}>
      {waiting === null ? t.queueUnknown : t.queue(waiting)}
      {dead > 0 && <span className={styles.failed}>{t.dead(dead)}</span>}
    </button>
  );
}

function CacheRates({ cache, onShow }: { cache: CacheFigures; onShow: () => void }) {
  return (
    <button type="button" className={styles.cache} title={texts.status.showCache} onClick={onShow}>
      {CACHE.map(([name, key]) => {
        const rate = rateOf(cache[key], TARGETS[name]);
        return (
          <span key={name} className={rate.below ? styles.below : undefined}>
            {texts.collections[name]} <b>{rate.share === null ? "–" : percent(rate.share)}</b>{" "}
            {texts.counters.of(TARGETS[name])}
          </span>
        );
      })}
    </button>
  );
}
