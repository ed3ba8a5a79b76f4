import { Avatar } from "@/features/people/Avatar";
import { useOpened } from "@/features/session/context";
import type { Bubble, Person } from "@/host";
import { Icon } from "@/shared/Icon";
import { hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import { BubbleActions, openActions } from "./BubbleActions";
import { moveBetweenArticles, Standing } from "./BubbleRow";
import styles from "./Comments.module.css";
import { scriptOf } from "./script";
import { type Block, spokenContent } from "./threads";
import { useWhy } from "./why";

/** Comments below a post or live video and the account's public replies, as a thread. */
export function Comments({
  block,
  person,
}: {
  block: Extract<Block, { type: "comments" }>;
  person: Person;
}) {
  const media = useOpened((opened) => (block.media ? opened.media[block.media] : undefined));
  const kind = block.surface === "live_comment" ? "live" : (media?.kind ?? "post");
  return (
    <div className={styles.thread}>
      <p className={styles.head}>
        <Icon name={kind === "live" ? "live" : "comment"} size={12} />
        {texts.conversation.commentOn(kind, media?.title ?? texts.conversation.unknownMedia)}
      </p>
      {block.bubbles.map((bubble) => (
        <CommentRow key={bubble.id} bubble={bubble} person={person} />
      ))}
    </div>
  );
}

function CommentRow({ bubble, person }: { bubble: Bubble; person: Person }) {
  const why = useWhy(person, bubble);
  const account = useOpened((opened) => opened.account.username);
  const own = bubble.from === "person";
  const handle = own ? person.username : account;
  return (
    <article
      className={`${styles.comment} ${own ? "" : styles.answer} ${why.inFront ? styles.inFront : ""}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: articles of a feed take the focus.
      tabIndex={0}
      aria-label={texts.conversation.saidBy(`@${handle}`, spokenContent(bubble))}
      data-testid="bubble"
      data-delivery={bubble.deliveryId ?? undefined}
      data-from={bubble.from}
      onKeyDown={(event) => moveBetweenArticles(event, why.show)}
      onContextMenu={openActions}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("button, a, input")) why.choose();
      }}
    >
      <Avatar name={handle} account={!own} />
      <div className={styles.body}>
        <p className={styles.text}>
          <b>{handle}</b> <CommentText bubble={bubble} person={person} />
        </p>
        <p className={styles.meta}>
          <time title={hoverTime(bubble.at)}>{shortTime(bubble.at)}</time>
          <BubbleActions bubble={bubble} person={person} why={why} />
        </p>
        <Standing bubble={bubble} />
      </div>
    </article>
  );
}

function CommentText({ bubble, person }: { bubble: Bubble; person: Person }) {
  const { content } = bubble;
  switch (content.type) {
    case "text":
    case "public_reply":
      return (
        <span className="selectable" {...scriptOf(person, bubble.from)}>
          {content.text}
        </span>
      );
    case "deleted":
      return <i className={styles.quiet}>{texts.conversation.deleted}</i>;
    case "reaction":
      return <span>{content.emoji}</span>;
    case "message":
    case "tap":
    case "attachment":
    case "note":
      return <span>{spokenContent(bubble)}</span>;
  }
}
