import { type Card, LIMITS, type MediaKind, type Message } from "@/host";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { Rows } from "@/shared/Rows";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { addCardTo, removePart } from "../canvas/actions";
import { MESSAGE_ICON } from "../canvas/MessageNode";
import { convertMessage, moveAt } from "../document/change";
import { BUTTON_TEXT, CARD_TEXT, TEXT } from "../document/limits";
import { cardNode, messagePath } from "../document/nodes";
import { setAt } from "../document/path";
import { plain } from "../document/says";
import { useInspector, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import { ChoiceField } from "./fields";
import styles from "./Inspector.module.css";
import { AddToList, ButtonList, ListHead, QuickReplyList } from "./lists";
import { TextField } from "./TextField";

const { inspector: say, changes } = texts.builder;
const KINDS: readonly Message["type"][] = ["text", "buttons", "carousel", "media"];

/** One message of the main step. */
export function MessagePanel({ at }: { at: number }) {
  const path = messagePath(at);
  const message = useValue<Message>(path);
  if (!message) return null;
  return (
    <>
      <Fields path={path} at={at} type={message.type} />
      <KindField path={path} message={message} />
    </>
  );
}

function Fields({ path, at, type }: { path: string; at: number; type: Message["type"] }) {
  switch (type) {
    case "text":
      return (
        <>
          <TextField path={`${path}.text`} label={say.text} long variables limit={TEXT} />
          <QuickReplyList path={`${path}.quickReplies`} />
        </>
      );
    case "buttons":
      return (
        <>
          <TextField path={`${path}.text`} label={say.text} long variables limit={BUTTON_TEXT} />
          <ButtonList path={`${path}.buttons`} />
        </>
      );
    case "carousel":
      return <Cards path={`${path}.cards`} message={at} />;
    case "media":
      return (
        <>
          <ChoiceField<MediaKind>
            path={`${path}.kind`}
            label={say.media}
            fallback="image"
            choices={texts.builder.mediaKinds}
          />
          <TextField
            path={`${path}.url`}
            label={say.url}
            placeholder="https://"
            hint={say.urlHint}
          />
        </>
      );
  }
}

/** Turns the message into another kind, with its text where both have one. */
function KindField({ path, message }: { path: string; message: Message }) {
  const { editing } = useInspector();
  return (
    <div className={styles.field}>
      <span className={field.label}>{say.kind}</span>
      <Segments
        label={say.kind}
        value={message.type}
        segments={KINDS.map((value) => ({
          value,
          label: texts.builder.messagesShort[value],
          icon: MESSAGE_ICON[value],
          testId: `field-${path}.type-${value}`,
        }))}
        onChange={(type) =>
          editing
            .getState()
            .change(changes.convert, (draft) => setAt(draft, path, convertMessage(message, type)))
        }
      />
    </div>
  );
}

function Cards({ path, message }: { path: string; message: number }) {
  const { editing } = useInspector();
  const cards = useValue<Card[]>(path) ?? [];
  const nth = (at: number) => texts.builder.canvas.card(at + 1);
  return (
    <div className={styles.field}>
      <ListHead label={say.cards} />
      <Rows
        label={say.cards}
        length={cards.length}
        testId={`list-${path}`}
        moveLabel={(at) => say.move(nth(at))}
        removeLabel={(at) => say.takeOut(nth(at))}
        onMove={(from, to) =>
          editing
            .getState()
            .change(changes.move(nth(from).toLowerCase()), (draft) => moveAt(draft, path, from, to))
        }
        onRemove={(at) => removePart(editing.getState(), cardNode(message, at))}
        row={(at) => (
          <button
            type="button"
            className={styles.link}
            data-testid={`open-card-${message}-${at}`}
            onClick={() => editing.getState().select(cardNode(message, at))}
          >
            <Icon name={cards[at]?.imageUrl ? "image" : "cards"} size={14} />
            <span>{plain(cards[at]?.title ?? "") || texts.builder.canvas.silent}</span>
          </button>
        )}
      />
      <FieldFindings path={path} />
      <AddToList
        label={texts.builder.canvas.addCard}
        full={cards.length >= LIMITS.cards ? say.full(LIMITS.cards, "cards") : null}
        testId={`add-${path}`}
        onAdd={() => addCardTo(editing.getState(), message)}
      />
    </div>
  );
}

/** One card of a carousel. */
export function CardPanel({ message, card }: { message: number; card: number }) {
  const path = `${messagePath(message)}.cards.${card}`;
  return (
    <>
      <FieldFindings path={path} />
      <TextField path={`${path}.title`} label={say.cardTitle} variables limit={CARD_TEXT} />
      <TextField
        path={`${path}.subtitle`}
        label={say.subtitle}
        variables
        optional
        limit={CARD_TEXT}
      />
      <TextField
        path={`${path}.imageUrl`}
        label={say.imageUrl}
        optional
        placeholder="https://"
        hint={say.urlHint}
      />
      <ButtonList path={`${path}.buttons`} />
    </>
  );
}
