import { Fragment, useLayoutEffect, useRef } from "react";
import { StateMark } from "@/features/people/StateMark";
import { useSession, useStores } from "@/features/session/context";
import { trafficOf } from "@/features/traffic/context";
import type { HistoryEntry, OpenedContact } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { clockTime, dayName, exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "../context";
import styles from "./Person.module.css";

/** A contact's whole history as a conversation, with the states between the messages. */
export function History({ opened }: { opened: OpenedContact }) {
  const store = useConversationsStore();
  const earlierFailure = useConversations((state) => state.earlierFailure);
  const t = texts.conversations.history;
  const { history, toldBy, earlier } = opened;
  const list = useRef<HTMLOListElement>(null);
  const last = history.at(-1)?.at ?? 0;
  // A conversation is read from its end on, which comes anew with each message.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they tell that it has another end.
  useLayoutEffect(() => {
    const panel = list.current?.closest("[role=tabpanel]");
    if (panel) panel.scrollTop = panel.scrollHeight;
  }, [opened.person.contactId, last, history.length > 0]);
  return (
    <>
      {toldBy.told === "desk" && (
        <p className={styles.note} title={hoverTime(toldBy.since)}>
          {t.fromDesk(exactTime(toldBy.since))}
        </p>
      )}
      {earlier !== null && (
        <Button data-testid="history-earlier" onClick={() => void store.getState().earlier()}>
          {t.earlier}
        </Button>
      )}
      {earlierFailure && (
        <p className={`${styles.problem} selectable`} role="alert">
          {t.noEarlier(earlierFailure.message)}
        </p>
      )}
      {history.length === 0 ? (
        <p className={styles.quiet}>{toldBy.told === "desk" ? t.noneSince : t.none}</p>
      ) : (
        <ol ref={list} className={styles.history} aria-label={t.label} data-testid="history">
          {history.map((entry, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows at its ends.
            <Fragment key={index}>
              {isAnotherDay(entry, history[index - 1]) && (
                <li className={styles.day} title={hoverTime(entry.at)}>
                  {dayName(entry.at)}
                </li>
              )}
              <Entry entry={entry} />
            </Fragment>
          ))}
        </ol>
      )}
    </>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const t = texts.conversations.history;
  switch (entry.entry) {
    case "said":
      return <Said entry={entry} />;
    case "sent":
      return (
        <li className={styles.bubble} data-from="account" data-state={entry.state ?? "waits"}>
          <p className="selectable" dir="auto">
            {entry.text}
          </p>
          {entry.buttons.length > 0 && (
            <p className={styles.buttons}>
              {entry.buttons.map((title, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two may be called the same.
                <span key={at}>{title}</span>
              ))}
            </p>
          )}
          <p className={styles.under}>
            <span>{entry.what}</span>
            <span className={styles.sendState}>
              {entry.state ? texts.sends[entry.state] : t.onItsWay}
            </span>
            {entry.error && <span className={styles.error}>{entry.error}</span>}
            <time title={hoverTime(entry.at)}>{clockTime(entry.at)}</time>
          </p>
        </li>
      );
    case "stands":
      return (
        <li className={styles.between} data-testid="history-state">
          <StateMark awaiting={entry.after} />
          {entry.automation && <span>{entry.automation}</span>}
          {entry.byHand && (
            <span className={styles.hand}>
              <Icon name="hand" size={12} />
              {t.byHand}
            </span>
          )}
          <time title={hoverTime(entry.at)}>{clockTime(entry.at)}</time>
        </li>
      );
    case "by_hand":
      return (
        <li className={styles.between}>
          <Icon name="hand" size={12} />
          <span>{entry.summary}</span>
          <time title={hoverTime(entry.at)}>{clockTime(entry.at)}</time>
        </li>
      );
  }
}

function Said({ entry }: { entry: Extract<HistoryEntry, { entry: "said" }> }) {
  const { navigation } = useStores();
  const host = useSession((session) => session.host);
  const t = texts.conversations.history;
  const human = entry.kind === "echo";
  const kind = texts.kinds[entry.kind];
  return (
    <li className={styles.bubble} data-from={human ? "account" : "person"}>
      <p className="selectable" dir="auto">
        {entry.text || t.noText(kind)}
      </p>
      <p className={styles.under} title={entry.summary}>
        {entry.kind !== "dm_text" && <span>{human ? t.human : kind}</span>}
        {entry.automation && <span>{entry.automation}</span>}
        <button
          type="button"
          className={styles.link}
          title={`${hoverTime(entry.at)}\n${t.open(entry.deliveryId)}`}
          onClick={() => {
            const chosen = { number: 0, delivery: entry.deliveryId, index: null };
            navigation.getState().go("traffic");
            void trafficOf(host).getState().open(chosen);
          }}
        >
          <time>{clockTime(entry.at)}</time>
        </button>
      </p>
      <p className={styles.summary}>{entry.summary}</p>
    </li>
  );
}

const isAnotherDay = (entry: HistoryEntry, before: HistoryEntry | undefined) =>
  !before || dayName(before.at) !== dayName(entry.at);
