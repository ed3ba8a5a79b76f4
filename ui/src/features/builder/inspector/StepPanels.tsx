import type { Message, StepName } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { Rows } from "@/shared/Rows";
import { texts } from "@/texts";
import { addMessageTo, removePart } from "../canvas/actions";
import { MESSAGE_ICON } from "../canvas/MessageNode";
import { moveAt } from "../document/change";
import { NEW_PUBLIC_REPLY } from "../document/defaults";
import { BUTTON_TEXT, BUTTON_TITLE, PUBLIC_REPLY, TEXT } from "../document/limits";
import { messageNode } from "../document/nodes";
import { inShort } from "../document/says";
import { useInspector, usePut, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import { ChoiceField, DelayField, NumberField, SwitchField } from "./fields";
import styles from "./Inspector.module.css";
import { AddToList, ListHead, useList } from "./lists";
import { TextField } from "./TextField";

const { inspector: say, changes } = texts.builder;

/** The fields of one step. */
export function StepPanel({ step }: { step: StepName }) {
  switch (step) {
    case "public_reply":
      return <PublicReplyPanel />;
    case "reaction":
      return <ReactionPanel />;
    case "opening":
      return <OpeningPanel />;
    case "follow":
      return <FollowPanel />;
    case "email":
      return <EmailPanel />;
    case "main":
      return <MainPanel />;
  }
}

function PublicReplyPanel() {
  const path = "steps.publicReply.texts";
  const all = useValue<string[]>(path) ?? [];
  const list = useList(path, (at) => say.publicText(at + 1));
  return (
    <div className={styles.field}>
      <ListHead label={say.publicTexts} hint={say.publicHint} />
      <Rows
        label={say.publicTexts}
        length={all.length}
        testId={`list-${path}`}
        moveLabel={(at) => say.move(say.publicText(at + 1))}
        removeLabel={(at) => say.takeOut(say.publicText(at + 1))}
        onMove={list.move}
        onRemove={list.remove}
        row={(at) => (
          <TextField
            path={`${path}.${at}`}
            label={say.publicText(at + 1)}
            hideLabel
            long
            variables
            limit={PUBLIC_REPLY}
          />
        )}
      />
      <FieldFindings path={path} />
      <AddToList
        label={say.addText}
        full={null}
        testId={`add-${path}`}
        onAdd={() => list.add(NEW_PUBLIC_REPLY, all.length)}
      />
    </div>
  );
}

const REACTIONS = ["love", "🔥", "👏", "😍", "😂", "🙏"];

function ReactionPanel() {
  const path = "steps.reaction.reaction";
  const value = useValue<string>(path);
  const put = usePut();
  return (
    <>
      <div className={styles.field}>
        <span className={field.label}>{say.reaction}</span>
        <fieldset className={styles.reactions} aria-label={say.reaction}>
          {REACTIONS.map((each) => (
            <button
              key={each}
              type="button"
              className={styles.reaction}
              aria-pressed={value === each}
              aria-label={each === "love" ? say.love : each}
              onClick={() => put(path, say.reaction, each)}
            >
              {each === "love" ? "❤️" : each}
            </button>
          ))}
        </fieldset>
      </div>
      <TextField path={path} label={say.otherReaction} hint={say.reactionHint} />
    </>
  );
}

function OpeningPanel() {
  return (
    <>
      <TextField path="steps.opening.text" label={say.text} long variables limit={BUTTON_TEXT} />
      <TextField path="steps.opening.button" label={say.button} limit={BUTTON_TITLE} />
      <DelayField path="steps.opening.delaySeconds" />
    </>
  );
}

function FollowPanel() {
  const verify = useValue<boolean>("steps.follow.verify") ?? false;
  return (
    <>
      <TextField path="steps.follow.text" label={say.text} long variables limit={BUTTON_TEXT} />
      <TextField path="steps.follow.button" label={say.button} limit={BUTTON_TITLE} />
      <SwitchField path="steps.follow.verify" label={say.verify} />
      {verify ? (
        <>
          <SwitchField path="steps.follow.skipWhenFollowing" label={say.skipFollowing} />
          <TextField
            path="steps.follow.retryText"
            label={say.retryText}
            long
            variables
            optional
            limit={BUTTON_TEXT}
            hint={say.retryFollowHint}
          />
          <AskFields path="steps.follow" />
        </>
      ) : (
        <>
          <FieldFindings path="steps.follow.retryText" />
          <FieldFindings path="steps.follow.skipWhenFollowing" />
        </>
      )}
      <DelayField path="steps.follow.delaySeconds" />
    </>
  );
}

function EmailPanel() {
  return (
    <>
      <TextField path="steps.email.text" label={say.text} long variables limit={TEXT} />
      <TextField
        path="steps.email.retryText"
        label={say.retryText}
        long
        variables
        optional
        limit={TEXT}
        hint={say.retryEmailHint}
      />
      <SwitchField path="steps.email.skipWhenKnown" label={say.skipKnown} />
      <AskFields path="steps.email" />
      <DelayField path="steps.email.delaySeconds" />
    </>
  );
}

/** How often a step asks, and what comes then. */
function AskFields({ path }: { path: string }) {
  return (
    <div className={styles.pair}>
      <NumberField
        path={`${path}.mostAsks`}
        label={say.mostAsks}
        fallback={3}
        least={1}
        most={99}
        unit={say.times}
      />
      <ChoiceField
        path={`${path}.whenExhausted`}
        label={say.whenExhausted}
        fallback="end"
        choices={say.exhausted}
      />
    </div>
  );
}

const KINDS: readonly Message["type"][] = ["text", "buttons", "carousel", "media"];
const MESSAGES = "steps.main.messages";

/** The messages of the main step: which, and in which order. */
function MainPanel() {
  const { editing } = useInspector();
  const messages = useValue<Message[]>(MESSAGES) ?? [];
  const nth = (at: number) => `${say.messageNth(at + 1)}`;
  return (
    <>
      <div className={styles.field}>
        <ListHead label={say.messages} hint={say.messagesHint} />
        <Rows
          label={say.messages}
          length={messages.length}
          testId={`list-${MESSAGES}`}
          moveLabel={(at) => say.move(nth(at))}
          removeLabel={(at) => say.takeOut(nth(at))}
          onMove={(from, to) =>
            editing
              .getState()
              .change(changes.move(nth(from).toLowerCase()), (draft) =>
                moveAt(draft, MESSAGES, from, to),
              )
          }
          onRemove={(at) => removePart(editing.getState(), messageNode(at))}
          row={(at) => {
            const message = messages[at];
            if (!message) return null;
            return (
              <button
                type="button"
                className={styles.link}
                data-testid={`open-message-${at}`}
                onClick={() => editing.getState().select(messageNode(at))}
              >
                <Icon name={MESSAGE_ICON[message.type]} size={14} />
                <span>{inShort(message) || texts.builder.canvas.silent}</span>
              </button>
            );
          }}
        />
        <FieldFindings path={MESSAGES} />
        <div className={styles.kinds}>
          {KINDS.map((type) => (
            <Button
              key={type}
              icon="add"
              look="quiet"
              data-testid={`new-message-${type}`}
              onClick={() => addMessageTo(editing.getState(), type)}
            >
              {texts.builder.messagesShort[type]}
            </Button>
          ))}
        </div>
      </div>
      <DelayField path="steps.main.delaySeconds" />
    </>
  );
}
