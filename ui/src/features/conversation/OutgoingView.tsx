import { useRef } from "react";
import { useSession } from "@/features/session/context";
import type { Bubble, MediaKind, OutgoingButton, OutgoingMessage, Person } from "@/host";
import { copyText } from "@/shared/clipboard";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Outgoing.module.css";
import { isUndelivered } from "./threads";

interface OutgoingViewProps {
  message: OutgoingMessage;
  person: Person;
  bubble: Bubble;
  offersReplies: boolean;
}

const MEDIA_ICON: Record<MediaKind, IconName> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "file",
};

/** A message of the account as Instagram draws it: text, buttons, cards, media. */
export function OutgoingView({ message, person, bubble, offersReplies }: OutgoingViewProps) {
  switch (message.type) {
    case "text":
      return (
        <>
          <p className={`${styles.text} selectable`} dir="auto">
            {message.text}
          </p>
          {offersReplies && (
            <QuickReplies
              titles={(message.quickReplies ?? []).map((reply) => reply.title)}
              person={person}
              bubble={bubble}
            />
          )}
        </>
      );
    case "buttons":
      return (
        <div className={styles.template}>
          <p className={`${styles.templateText} selectable`} dir="auto">
            {message.text}
          </p>
          <Buttons buttons={message.buttons} card={null} person={person} bubble={bubble} />
        </div>
      );
    case "carousel":
      return <Carousel message={message} person={person} bubble={bubble} />;
    case "media":
      return (
        <div className={styles.media} title={texts.conversation.mediaNotLoaded}>
          <Icon name={MEDIA_ICON[message.kind]} size={20} />
          <span className={styles.mediaKind}>{texts.conversation.attachment(message.kind)}</span>
          <span className={`${styles.mediaName} selectable`}>{fileName(message.url)}</span>
        </div>
      );
  }
}

function Carousel({
  message,
  person,
  bubble,
}: {
  message: Extract<OutgoingMessage, { type: "carousel" }>;
  person: Person;
  bubble: Bubble;
}) {
  const strip = useRef<HTMLUListElement>(null);
  const move = (by: number) => strip.current?.scrollBy({ left: by * 196, behavior: "smooth" });
  return (
    <div className={styles.carousel}>
      <ul ref={strip} className={styles.cards} aria-label={texts.conversation.cards}>
        {message.cards.map((card, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a sent message never move.
          <li key={index} className={styles.card}>
            <div className={styles.picture} title={card.imageUrl ?? undefined}>
              <Icon name="image" size={20} />
            </div>
            <p className={styles.cardTitle} dir="auto">
              {card.title}
            </p>
            {card.subtitle && (
              <p className={styles.cardSubtitle} dir="auto">
                {card.subtitle}
              </p>
            )}
            <span className={styles.spring} />
            <Buttons buttons={card.buttons ?? []} card={index} person={person} bubble={bubble} />
          </li>
        ))}
      </ul>
      {message.cards.length > 1 && (
        <div className={styles.swipe} aria-hidden="true">
          <button type="button" tabIndex={-1} onClick={() => move(-1)}>
            <Icon name="left" size={14} />
          </button>
          <span>{message.cards.length}</span>
          <button type="button" tabIndex={-1} onClick={() => move(1)}>
            <Icon name="right" size={14} />
          </button>
        </div>
      )}
    </div>
  );
}

function Buttons({
  buttons,
  card,
  person,
  bubble,
}: {
  buttons: readonly OutgoingButton[];
  card: number | null;
  person: Person;
  bubble: Bubble;
}) {
  const act = useSession((session) => session.act);
  const tell = useSession((session) => session.tell);
  return buttons.map((button, index) => {
    const url = "url" in button && typeof button.url === "string" ? button.url : null;
    return (
      <button
        // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of a sent message never move.
        key={index}
        type="button"
        className={styles.button}
        disabled={isUndelivered(bubble)}
        title={url ? texts.conversation.opensAddress(url) : undefined}
        onClick={() =>
          url
            ? tell({
                kind: "note",
                text: texts.playback.conversation.linkShown(url),
                action: {
                  label: texts.playback.conversation.copyLink,
                  run: () => void copyText(url).then((copied) => copied && tell(null)),
                },
              })
            : void act({ do: "tap", person: person.id, bubble: bubble.id, card, button: index })
        }
      >
        <bdi>{button.title}</bdi>
        {url && <Icon name="link" size={12} />}
      </button>
    );
  });
}

function QuickReplies({
  titles,
  person,
  bubble,
}: {
  titles: readonly string[];
  person: Person;
  bubble: Bubble;
}) {
  const act = useSession((session) => session.act);
  return (
    <ul className={styles.replies} aria-label={texts.conversation.quickReplies}>
      {titles.map((title, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: quick replies of a sent message never move.
        <li key={index}>
          <button
            type="button"
            dir="auto"
            className={styles.reply}
            onClick={() =>
              void act({
                do: "tap_quick_reply",
                person: person.id,
                bubble: bubble.id,
                reply: index,
              })
            }
          >
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The last part of an address, for people. */
function fileName(url: string): string {
  try {
    const { pathname, host } = new URL(url);
    return pathname.split("/").filter(Boolean).at(-1) ?? host;
  } catch {
    return url;
  }
}
