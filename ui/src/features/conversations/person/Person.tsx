import { useState } from "react";
import { StateMark } from "@/features/people/StateMark";
import { useSession, useStores } from "@/features/session/context";
import type { OpenedContact } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { Segments } from "@/shared/Segments";
import { hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "../context";
import { left, nameOf, span } from "../names";
import { Subscribed, Where } from "../PersonLine";
import { Actions } from "./Actions";
import { Held } from "./Held";
import { History } from "./History";
import styles from "./Person.module.css";

type Tab = "history" | "held";
const TABS: readonly Tab[] = ["history", "held"];

/** A contact opened: where they stand, what was said, and what is held where. */
export function Person() {
  const store = useConversationsStore();
  const opened = useConversations((state) => state.opened);
  const failure = useConversations((state) => state.failure);
  const shown = useConversations((state) => state.shown);
  const [tab, setTab] = useState<Tab>("history");
  const t = texts.conversations.open;
  const close = () => {
    store.getState().close();
    document.querySelector<HTMLElement>('[data-testid="people-list"]')?.focus();
  };
  return (
    <section
      className={styles.side}
      aria-label={t.label}
      data-testid="person"
      onKeyDown={(event) => {
        // A question that is asked here leaves with Escape by itself.
        const isAsked = event.target instanceof Element && event.target.closest("dialog") !== null;
        if (event.key === "Escape" && !event.defaultPrevented && !isAsked) close();
      }}
    >
      <header className={pane.head}>
        <h2 className={pane.title} data-testid="person-name">
          {opened ? nameOf(opened.person) : (shown?.contact ?? "")}
        </h2>
        <IconButton icon="close" label={t.close} data-testid="person-close" onClick={close} />
      </header>
      {failure && !opened ? (
        <div className={pane.empty} role="alert">
          <p className="selectable">{failure.message}</p>
          <Button onClick={() => void store.getState().renew()}>{t.again}</Button>
        </div>
      ) : opened ? (
        <>
          {failure && (
            <div className={styles.stale} role="alert" data-testid="person-stale">
              <p className="selectable">{t.notRenewed(failure.message)}</p>
              <Button data-testid="person-again" onClick={() => void store.getState().renew()}>
                {t.again}
              </Button>
            </div>
          )}
          <Facts opened={opened} />
          <Actions opened={opened} />
          <div className={styles.tabs}>
            <Segments<Tab>
              as="tabs"
              label={t.label}
              value={tab}
              segments={TABS.map((value) => ({
                value,
                label: t.tabs[value],
                testId: `person-tab-${value}`,
                badge: value === "held" && differs(opened) ? "≠" : undefined,
              }))}
              onChange={setTab}
              panelId={(value) => `person-panel-${value}`}
            />
          </div>
          <div
            id={`person-panel-${tab}`}
            role="tabpanel"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys.
            tabIndex={0}
            aria-label={t.tabs[tab]}
            className={styles.panel}
            data-testid="person-panel"
          >
            {tab === "history" ? <History opened={opened} /> : <Held opened={opened} />}
          </div>
        </>
      ) : (
        <div className={pane.empty} aria-busy="true">
          <p>{t.opening}</p>
        </div>
      )}
    </section>
  );
}

const differs = ({ holdings }: OpenedContact) =>
  holdings.some(({ verdict }) => ["differs", "only_cached", "unreadable"].includes(verdict));

/** Where they stand, and what is known of them. */
function Facts({ opened }: { opened: OpenedContact }) {
  const { looking, navigation } = useStores();
  const news = useConversations((state) => state.news?.now ?? null);
  const now = Math.max(opened.now, news ?? 0);
  const { person } = opened;
  const { stands } = person;
  const offline = useConversations((state) => state.news?.guard === "offline");
  const known = useSession((session) => person.contactId in (session.opened?.people ?? {}));
  const t = texts.conversations;
  return (
    <div className={styles.facts}>
      <div className={styles.stands} data-testid="person-stands">
        <StateMark awaiting={stands?.state} />
        {stands ? (
          <span title={t.open.standsHover(hoverTime(stands.since), hoverTime(stands.expiresAt))}>
            {t.open.stands(
              stands.automation ?? t.deletedAutomation,
              span(now - stands.since),
              left(stands.expiresAt, now),
            )}
            {stands.asked > 1 && <span className={styles.quiet}> · {t.asked(stands.asked)}</span>}
          </span>
        ) : null}
        {person.onlyCached && <Where only={person.onlyCached} />}
      </div>
      {stands?.origin && (
        <p className={styles.quiet}>
          {stands.origin.kind
            ? t.open.began(texts.kinds[stands.origin.kind].toLowerCase(), stands.origin.text ?? "")
            : t.open.beganUnknown(stands.origin.eventId)}
        </p>
      )}
      <dl className={styles.known}>
        <Fact name={t.open.email} value={person.email} />
        <Fact
          name={t.open.follows}
          value={person.follows === null ? null : person.follows ? t.yes : t.no}
        />
        <div>
          <dt>{t.columns.subscribed}</dt>
          <dd>
            <Subscribed row={person} now={now} />
          </dd>
        </div>
        <Time name={t.open.lastMessage} at={person.lastMessageAt} now={now} />
        <Time name={t.open.firstSeen} at={person.firstSeenAt} now={now} />
        <div>
          <dt>{t.open.id}</dt>
          <dd>
            <code className="selectable">{person.contactId}</code>
          </dd>
        </div>
      </dl>
      {offline && known && (
        <Button
          look="quiet"
          icon="message"
          data-testid="person-to-simulator"
          onClick={() => {
            looking.getState().choosePerson(person.contactId);
            looking.getState().show("conversation");
            navigation.getState().go("simulator");
          }}
        >
          {t.open.toSimulator}
        </Button>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="selectable">{value ?? texts.conversations.unknown}</dd>
    </div>
  );
}

function Time({ name, at, now }: { name: string; at: number | null; now: number }) {
  const t = texts.conversations;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {at === null ? t.unknown : <time title={hoverTime(at)}>{t.ago(span(now - at))}</time>}
      </dd>
    </div>
  );
}
