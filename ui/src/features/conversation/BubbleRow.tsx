import { type KeyboardEvent, memo, type ReactNode } from "react";
import { useOpened } from "@/features/session/context";
import type { Bubble, OutboxState, Person } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import { BubbleActions, openActions } from "./BubbleActions";
import styles from "./Conversation.module.css";
import { OutgoingView } from "./OutgoingView";
import { scriptOf } from "./script";
import { emojiOf, isUndelivered, spokenContent } from "./threads";
import { useWhy } from "./why";

interface BubbleRowProps {
  bubble: Bubble;
  person: Person;
  offersReplies: boolean;
}

/** One bubble of the direct messages: the person's on the right, the account's on the left. */
export const BubbleRow = memo(function BubbleRow({
  bubble,
  person,
  offersReplies,
}: BubbleRowProps) {
  const own = bubble.from === "person";
  const why = useWhy(person, bubble);
  const account = useOpened((opened) => opened.account.username);
  const who = own ? person.name : `@${account}`;
  const reaction = bubble.content.type === "reaction";
  const carousel = bubble.content.type === "message" && bubble.content.message.type === "carousel";

  return (
    <article
      className={[
        styles.row,
        own ? styles.own : styles.theirs,
        why.inFront && styles.inFront,
        reaction && styles.reactionRow,
        isUndelivered(bubble) && styles.undelivered,
      ]
        .filter(Boolean)
        .join(" ")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: articles of a feed take the focus.
      tabIndex={0}
      aria-label={texts.conversation.saidBy(who, spokenContent(bubble))}
      data-testid="bubble"
      data-delivery={bubble.deliveryId ?? undefined}
      data-from={bubble.from}
      onKeyDown={(event) => moveBetweenArticles(event, why.show)}
      onContextMenu={openActions}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("button, a, input")) why.choose();
      }}
    >
      <Provenance bubble={bubble} />
      <div className={`${styles.line} ${carousel ? styles.wideLine : ""}`}>
        <div className={styles.what}>
          <Content bubble={bubble} person={person} who={who} offersReplies={offersReplies} />
        </div>
        <div className={styles.meta}>
          <BubbleActions bubble={bubble} person={person} why={why} />
          <time className={styles.time} title={hoverTime(bubble.at)}>
            {shortTime(bubble.at)}
          </time>
        </div>
      </div>
      <Standing bubble={bubble} />
    </article>
  );
});

/** Up and down lead from message to message, Enter asks why. */
export function moveBetweenArticles(event: KeyboardEvent<HTMLElement>, showWhy: () => void) {
  if (event.target !== event.currentTarget || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    showWhy();
    return;
  }
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0) return;
  const all = [
    ...(event.currentTarget
      .closest('[role="feed"]')
      ?.querySelectorAll<HTMLElement>("article[tabindex]") ?? []),
  ];
  const next = all[all.indexOf(event.currentTarget) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView?.({ block: "nearest" });
}

/** Where a bubble comes from, when it is not a plain message. */
function Provenance({ bubble }: { bubble: Bubble }) {
  const title = useOpened((opened) =>
    bubble.mediaId
      ? (opened.media[bubble.mediaId]?.title ?? texts.conversation.unknownMedia)
      : null,
  );
  const label: [IconName, string] | null = bubble.privateReply
    ? ["lock", texts.conversation.privateReply]
    : bubble.surface === "story_reply" && bubble.from === "person" && title
      ? ["story", texts.conversation.repliedToStory(title)]
      : bubble.from === "account" && bubble.content.type === "text"
        ? ["hand", texts.conversation.byHand]
        : null;
  if (!label) return null;
  return (
    <p className={styles.provenance}>
      <Icon name={label[0]} size={12} />
      {label[1]}
    </p>
  );
}

function Content({
  bubble,
  person,
  who,
  offersReplies,
}: {
  bubble: Bubble;
  person: Person;
  who: string;
  offersReplies: boolean;
}): ReactNode {
  const { content } = bubble;
  switch (content.type) {
    case "message":
      return (
        <OutgoingView
          message={content.message}
          person={person}
          bubble={bubble}
          offersReplies={offersReplies}
        />
      );
    case "text":
    case "public_reply":
      return (
        <p className={`${styles.bubble} selectable`} {...scriptOf(person, bubble.from)}>
          {content.text}
        </p>
      );
    case "tap":
      return (
        <p className={`${styles.bubble} ${styles.tap}`} dir="auto">
          <Icon name="tap" size={14} />
          {content.title}
        </p>
      );
    case "reaction":
      return (
        <p className={styles.reaction}>{texts.conversation.reacted(who, emojiOf(content.emoji))}</p>
      );
    case "attachment":
      return (
        <p className={`${styles.bubble} ${styles.tap}`}>
          <Icon name={content.kind === "story_mention" ? "story" : "image"} size={16} />
          {texts.conversation.attachment(content.kind)}
        </p>
      );
    case "deleted":
      return <p className={`${styles.bubble} ${styles.deleted}`}>{texts.conversation.deleted}</p>;
    case "note":
      return <p className={styles.reaction}>{content.text}</p>;
  }
}

const STANDING: Record<Exclude<OutboxState, "sent">, IconName> = {
  retrying: "retry",
  failed: "failed",
  unknown: "warning",
  dropped: "failed",
};

/** How a send stands, when there is something to say about it. */
export function Standing({ bubble }: { bubble: Bubble }) {
  if (bubble.from === "person" && bubble.deliveryId === null) {
    return (
      <p className={styles.standing} data-testid="bubble-held">
        <Icon name="clock" size={12} />
        {texts.playback.conversation.heldBack}
      </p>
    );
  }
  if (bubble.from !== "account" || !bubble.send || bubble.send === "sent") return null;
  const failed = bubble.send === "failed" || bubble.send === "dropped";
  const seen = seenWords(bubble);
  return (
    <p className={failed ? styles.standingFailed : styles.standing} data-testid="bubble-error">
      <Icon name={STANDING[bubble.send]} size={12} />
      <span className="selectable">
        {texts.conversation.failedReason(bubble.send, bubble.error)}
        {seen && <b className={styles.seen}> {seen}</b>}
      </span>
    </p>
  );
}

/** What the person saw of a send that did not simply arrive. */
function seenWords(bubble: Bubble): string | null {
  const t = texts.playback.conversation;
  if (!bubble.arrived) return bubble.send === "retrying" ? null : t.notArrived;
  return bubble.send === "retrying" ? t.arrivedRetrying : t.arrivedUnknown;
}
