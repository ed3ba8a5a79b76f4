import { useId } from "react";
import { LIMITS, type Button as MessageButton, type QuickReply, type StepName } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Rows } from "@/shared/Rows";
import { texts } from "@/texts";
import { nameOf } from "../canvas/actions";
import { insertAt, isOn, moveAt } from "../document/change";
import { newButton, newQuickReply } from "../document/defaults";
import { BUTTON_TITLE, QUICK_REPLY_TITLE } from "../document/limits";
import { nodeAt } from "../document/nodes";
import { removeAt } from "../document/path";
import { CONVERSATION } from "../document/steps";
import { useEditing } from "../editing";
import { focusRow } from "../focus";
import { useInspector, usePut, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import styles from "./Inspector.module.css";
import { TextField } from "./TextField";

const { inspector: say, changes } = texts.builder;

/** Adding to, moving in and taking out of a list of the document. */
export function useList(path: string, what: (at: number) => string) {
  const { editing } = useInspector();
  const where = () => {
    const state = editing.getState();
    return state.draft ? nameOf(state, nodeAt(state.draft, path)) : "";
  };
  return {
    add: (value: unknown, at: number) => {
      editing
        .getState()
        .change(changes.addTo(what(at), where()), (draft) => insertAt(draft, path, value));
      requestAnimationFrame(() => focusRow(path, at));
    },
    move: (from: number, to: number) =>
      editing.getState().change(changes.move(what(from)), (draft) => moveAt(draft, path, from, to)),
    remove: (at: number) =>
      editing
        .getState()
        .change(changes.removeFrom(what(at), where()), (draft) => removeAt(draft, `${path}.${at}`)),
  };
}

/** The head of a list, with how many there may be. */
export function ListHead({ label, hint }: { label: string; hint?: string }) {
  return (
    <>
      <span className={field.label}>{label}</span>
      {hint && <p className={styles.listHint}>{hint}</p>}
    </>
  );
}

/** Buttons, each with its title and what it does. */
export function ButtonList({ path }: { path: string }) {
  const buttons = useValue<MessageButton[]>(path) ?? [];
  const list = useList(path, (at) => say.buttonNth(at + 1));
  return (
    <div className={styles.field}>
      <ListHead label={say.buttons} />
      <Rows
        label={say.buttons}
        length={buttons.length}
        testId={`list-${path}`}
        moveLabel={(at) => say.move(say.buttonNth(at + 1))}
        removeLabel={(at) => say.takeOut(say.buttonNth(at + 1))}
        onMove={list.move}
        onRemove={list.remove}
        row={(at) => (
          <>
            <TextField
              path={`${path}.${at}.title`}
              label={say.buttonTitle(at + 1)}
              hideLabel
              limit={BUTTON_TITLE}
            />
            <ButtonAction path={`${path}.${at}`} at={at} />
          </>
        )}
      />
      <FieldFindings path={path} />
      <AddToList
        label={say.addButton}
        full={buttons.length >= LIMITS.buttons ? say.full(LIMITS.buttons, "buttons") : null}
        testId={`add-${path}`}
        onAdd={() => list.add(newButton(buttons), buttons.length)}
      />
    </div>
  );
}

function ButtonAction({ path, at }: { path: string; at: number }) {
  const button = useValue<MessageButton>(path);
  const put = usePut();
  if (!button) return null;
  const step = button.step ?? null;
  return (
    <>
      <StepSelect
        label={say.buttonAction(at + 1)}
        none={say.opensLink}
        value={step}
        testId={`field-${path}.step`}
        onChange={(next) => {
          const { title } = button;
          put(
            path,
            say.buttonAction(at + 1),
            next ? { title, step: next } : { title, url: "https://example.com/" },
          );
        }}
      />
      {step ? (
        <FieldFindings path={`${path}.step`} />
      ) : (
        <TextField
          path={`${path}.url`}
          label={say.buttonUrl(at + 1)}
          hideLabel
          placeholder="https://"
        />
      )}
    </>
  );
}

/** Quick replies, each with its title and where a tap leads. */
export function QuickReplyList({ path }: { path: string }) {
  const replies = useValue<QuickReply[]>(path) ?? [];
  const put = usePut();
  const list = useList(path, (at) => say.replyTitle(at + 1));
  return (
    <div className={styles.field}>
      <ListHead label={say.quickReplies} hint={say.quickRepliesHint} />
      <Rows
        label={say.quickReplies}
        length={replies.length}
        testId={`list-${path}`}
        moveLabel={(at) => say.move(say.replyTitle(at + 1))}
        removeLabel={(at) => say.takeOut(say.replyTitle(at + 1))}
        onMove={list.move}
        onRemove={list.remove}
        row={(at) => (
          <>
            <TextField
              path={`${path}.${at}.title`}
              label={say.replyTitle(at + 1)}
              hideLabel
              limit={QUICK_REPLY_TITLE}
            />
            <StepSelect
              label={say.replyStep(at + 1)}
              none={say.saysTitle}
              value={replies[at]?.step ?? null}
              testId={`field-${path}.${at}.step`}
              onChange={(next) =>
                put(`${path}.${at}.step`, say.replyStep(at + 1), next ?? undefined)
              }
            />
            <FieldFindings path={`${path}.${at}.step`} />
          </>
        )}
      />
      <FieldFindings path={path} />
      <AddToList
        label={say.addQuickReply}
        full={
          replies.length >= LIMITS.quickReplies
            ? say.full(LIMITS.quickReplies, "quick replies")
            : null
        }
        testId={`add-${path}`}
        onAdd={() => list.add(newQuickReply(replies), replies.length)}
      />
    </div>
  );
}

/** A step of the conversation that is on, or none. */
function StepSelect({
  label,
  none,
  value,
  testId,
  onChange,
}: {
  label: string;
  none: string;
  value: StepName | null;
  testId: string;
  onChange: (step: StepName | null) => void;
}) {
  const { editing } = useInspector();
  const draft = useEditing(editing, (state) => state.draft);
  const id = useId();
  const steps = CONVERSATION.filter((step) => step === value || (draft && isOn(draft, step)));
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={`${field.select} ${styles.action}`}
        value={value ?? ""}
        data-testid={testId}
        onChange={(event) => onChange((event.target.value || null) as StepName | null)}
      >
        <option value="">{none}</option>
        {steps.map((step) => (
          <option key={step} value={step}>
            {say.leadsTo(step)}
          </option>
        ))}
      </select>
    </>
  );
}

export function AddToList({
  label,
  full,
  testId,
  onAdd,
}: {
  label: string;
  /** Why there can be no more; null while there can. */
  full: string | null;
  testId: string;
  onAdd: () => void;
}) {
  return (
    <div className={styles.addRow}>
      <Button icon="add" look="quiet" disabled={full !== null} data-testid={testId} onClick={onAdd}>
        {label}
      </Button>
      {full && <span className={field.hint}>{full}</span>}
    </div>
  );
}
