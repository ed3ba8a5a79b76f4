import looks from "@/features/conversation/Outgoing.module.css";
import type { Button, MediaKind, Message } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { fileName } from "../document/says";
import { sampled } from "../document/variables";
import styles from "./Preview.module.css";

const say = texts.builder.preview;

const MEDIA_ICON: Record<MediaKind, IconName> = {
  image: "image",
  video: "video",
  audio: "audio",
  file: "file",
};

/** A message as Instagram draws it, with its variables filled in. Nothing in it can be tapped. */
export function Preview({ message, first = 0 }: { message: Message; first?: number }) {
  switch (message.type) {
    case "text":
      return (
        <>
          <p className={looks.text}>{sampled(message.text)}</p>
          {(message.quickReplies ?? []).length > 0 && (
            <ul className={looks.replies} aria-label={say.replies}>
              {message.quickReplies?.map((reply, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: quick replies have no ids.
                <li key={index} className={`${looks.reply} ${styles.reply}`}>
                  {sampled(reply.title)}
                </li>
              ))}
            </ul>
          )}
        </>
      );
    case "buttons":
      return (
        <div className={looks.template}>
          <p className={looks.templateText}>{sampled(message.text)}</p>
          <Buttons buttons={message.buttons} />
        </div>
      );
    case "carousel":
      return (
        <ul
          className={looks.cards}
          aria-label={say.cards}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys.
          tabIndex={0}
        >
          {[...message.cards.slice(first), ...message.cards.slice(0, first)].map((card, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards have no ids.
            <li key={index} className={looks.card}>
              {card.imageUrl && (
                <div className={`${looks.picture} ${styles.picture}`}>
                  <Icon name="image" size={20} />
                  <span className={styles.file}>{fileName(card.imageUrl)}</span>
                </div>
              )}
              <p className={looks.cardTitle}>{sampled(card.title)}</p>
              {card.subtitle && <p className={looks.cardSubtitle}>{sampled(card.subtitle)}</p>}
              <span className={looks.spring} />
              <Buttons buttons={card.buttons ?? []} />
            </li>
          ))}
        </ul>
      );
    case "media":
      return (
        <div className={looks.media}>
          <Icon name={MEDIA_ICON[message.kind]} size={20} />
          <span className={looks.mediaKind}>{texts.builder.mediaKinds[message.kind]}</span>
          <span className={looks.mediaName}>{fileName(message.url)}</span>
        </div>
      );
  }
}

function Buttons({ buttons }: { buttons: readonly Button[] }) {
  return buttons.map((button, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no ids.
    <p key={index} className={`${looks.button} ${styles.still}`}>
      {sampled(button.title)}
      {button.url !== undefined && <Icon name="link" size={12} />}
    </p>
  ));
}
