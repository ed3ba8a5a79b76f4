import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { firstName } from "@/features/people/names";
import { windowOf } from "@/features/people/window";
import { useLooking, useOpened, usePerson } from "@/features/session/context";
import type { Automation, Person } from "@/host";
import { Icon } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { countdown, dayName, hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import { Announcer } from "./Announcer";
import { BubbleRow } from "./BubbleRow";
import { Comments } from "./Comments";
import { Composer } from "./Composer";
import styles from "./Conversation.module.css";
import { Suggestions } from "./Suggestions";
import { type Block, blocksOf, offersQuickReplies } from "./threads";

/**
 * The conversation of the person in front. What may be said first begins with what sets
 * off the automation `about`.
 */
export function ConversationPane({ about }: { about?: Automation | null }) {
  return <ConversationOf person={usePerson()} about={about ?? null} front />;
}

interface ConversationOfProps {
  person: Person | null;
  about?: Automation | null;
  /** Whether what is written, the flow and the reasons are about this person. */
  front: boolean;
}

/**
 * A conversation as the person's phone shows it, and the composer below it. Where it is
 * not in front, whatever is touched in it brings it there.
 */
export function ConversationOf({ person, about, front }: ConversationOfProps) {
  const account = useOpened((opened) => opened.account.username);
  const choosePerson = useLooking((looking) => looking.choosePerson);
  const title = useId();
  const bring = () => {
    if (person && !front) choosePerson(person.id);
  };

  return (
    <section
      className={styles.pane}
      aria-labelledby={title}
      data-front={front}
      data-testid={person ? `conversation-${person.name}` : undefined}
      onPointerDownCapture={bring}
      onFocusCapture={bring}
    >
      <header className={pane.head}>
        <h2 id={title} className={pane.title}>
          {person ? texts.conversation.with(person.username, account) : texts.conversation.title}
        </h2>
        {person && <MessagingWindow person={person} />}
      </header>
      {person ? (
        <>
          <Stream key={person.id} person={person} about={about ?? null} />
          {front ? (
            <Composer person={person} />
          ) : (
            <button type="button" className={styles.bring} onClick={bring}>
              {texts.composer.placeholder(firstName(person.name))}
            </button>
          )}
          <Announcer person={person} account={account} />
        </>
      ) : (
        <div className={pane.empty}>
          <strong>{texts.conversation.nobody}</strong>
          <p>{texts.conversation.nobodyHint}</p>
        </div>
      )}
    </section>
  );
}

function MessagingWindow({ person }: { person: Person }) {
  const now = useOpened((opened) => opened.now);
  const window = windowOf(person, now);
  if (window.state === "never") return null;
  const open = window.state === "open";
  return (
    <span
      className={open ? styles.window : styles.windowClosed}
      title={
        open ? `${hoverTime(window.closesAt)}\n${texts.people.windowHint}` : texts.people.windowHint
      }
    >
      <Icon name={open ? "message" : "lock"} size={12} />
      {open
        ? texts.conversation.windowOpen(countdown(window.left))
        : texts.conversation.windowClosed}
    </span>
  );
}

/** So many blocks are drawn; earlier ones on request, for a long talk must not slow the window. */
const BLOCKS = 150;

/** Everything said, oldest first; follows the newest unless somebody scrolled up. */
function Stream({ person, about }: { person: Person; about: Automation | null }) {
  const blocks = useMemo(() => blocksOf(person.conversation), [person.conversation]);
  const offering = useMemo(() => offersQuickReplies(person.conversation), [person.conversation]);
  const [limit, setLimit] = useState(BLOCKS);
  const hidden = Math.max(0, blocks.length - limit);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const seen = useRef(person.conversation.length);
  const [unseen, setUnseen] = useState(0);
  const length = person.conversation.length;
  const ownLast = person.conversation.at(-1)?.from !== "account";

  const see = useLooking((looking) => looking.see);
  useEffect(() => see(person.id, length), [see, person.id, length]);

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    seen.current = length;
    setUnseen(0);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the conversation grows.
  useLayoutEffect(() => {
    if (atEnd.current || ownLast) toEnd();
    else setUnseen(Math.max(0, length - seen.current));
  }, [length]);

  // A decision that was chosen elsewhere leads to the message behind it.
  const chosen = useLooking((looking) => looking.delivery);
  useEffect(() => {
    if (chosen === null) return;
    const behind = scroller.current?.querySelector(`[data-delivery="${chosen}"]`);
    behind?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  // What gets smaller (a notice, the keyboard, a window) must not hide the newest message.
  const empty = length === 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scroller comes with the first message.
  useEffect(() => {
    const element = scroller.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [empty]);

  if (empty) {
    return (
      <div className={styles.stream}>
        <div className={pane.empty}>
          <strong>{texts.conversation.empty(firstName(person.name))}</strong>
          <p>{texts.conversation.emptyHint}</p>
          <Suggestions person={person} about={about} />
        </div>
      </div>
    );
  }

  return (
    <div className={styles.streamFrame}>
      <div
        ref={scroller}
        role="feed"
        aria-label={texts.conversation.title}
        className={styles.stream}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
          if (atEnd.current) {
            seen.current = length;
            setUnseen(0);
          }
        }}
      >
        <div className={styles.phone}>
          {hidden > 0 && (
            <button
              type="button"
              className={styles.earlier}
              onClick={() => setLimit((most) => most + BLOCKS)}
            >
              {texts.conversation.earlier(Math.min(hidden, BLOCKS))}
            </button>
          )}
          {blocks.slice(hidden).map((block) => (
            <BlockView key={block.key} block={block} person={person} offering={offering} />
          ))}
        </div>
      </div>
      {unseen > 0 && (
        <button type="button" className={styles.toEnd} onClick={toEnd}>
          <Icon name="down" size={12} />
          {texts.conversation.newMessages(unseen)}
        </button>
      )}
    </div>
  );
}

function BlockView({
  block,
  person,
  offering,
}: {
  block: Block;
  person: Person;
  offering: string | null;
}) {
  switch (block.type) {
    case "time":
      return (
        <p className={styles.day} title={hoverTime(block.at)}>
          {dayName(block.at)} {shortTime(block.at)}
        </p>
      );
    case "note":
      return (
        <p className={styles.note} data-testid="bubble">
          <Icon name="clock" size={12} />
          <span>{block.bubble.content.type === "note" ? block.bubble.content.text : ""}</span>
        </p>
      );
    case "comments":
      return <Comments block={block} person={person} />;
    case "message":
      return (
        <BubbleRow
          bubble={block.bubble}
          person={person}
          offersReplies={offering === block.bubble.id}
        />
      );
  }
}
