import { useState } from "react";
import type { AutomationType, Keyword, KeywordMatch } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Rows } from "@/shared/Rows";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { insertAt, setType } from "../document/change";
import { triedBefore } from "../document/priority";
import { useEditing } from "../editing";
import { useInspector, usePut, useValue } from "./context";
import { FieldFindings } from "./FieldFindings";
import { ChoiceField, NumberField, SwitchField } from "./fields";
import styles from "./Inspector.module.css";
import { ListHead, useList } from "./lists";
import { TargetField } from "./TargetField";
import { TextField } from "./TextField";

const { inspector: say, changes } = texts.builder;

/** What the automation is called, what it answers and what sets it off. */
export function TriggerPanel() {
  const type = useValue<AutomationType>("type") ?? "dm_automation";
  const mode = useValue("trigger.mode");
  return (
    <>
      <TextField path="name" label={say.name} />
      <TypeField type={type} />
      {type !== "dm_automation" && <TargetField type={type} />}
      <FieldFindings path="target" />
      <ChoiceField
        path="trigger.mode"
        label={say.mode}
        fallback="any_reply"
        choices={say.modes[type]}
      />
      {mode === "specific_keywords" ? <Keywords /> : <FieldFindings path="trigger.keywords" />}
      {type === "comment_reply_flow" && (
        <SwitchField path="trigger.includeReplies" label={say.includeReplies} />
      )}
      <PriorityField />
    </>
  );
}

function TypeField({ type }: { type: AutomationType }) {
  const { editing } = useInspector();
  return (
    <div className={styles.field}>
      <span className={field.label}>{say.type}</span>
      <Segments
        label={say.type}
        value={type}
        segments={(Object.keys(say.types) as AutomationType[]).map((value) => ({
          value,
          label: say.types[value],
          testId: `field-type-${value}`,
        }))}
        onChange={(next) =>
          editing.getState().change(changes.type, (draft) => setType(draft, next))
        }
      />
      <FieldFindings path="type" />
    </div>
  );
}

const PATH = "trigger.keywords";

function Keywords() {
  const keywords = useValue<Keyword[]>(PATH) ?? [];
  const put = usePut();
  const list = useList(PATH, (at) => say.keyword(at + 1));
  return (
    <div className={styles.field}>
      <ListHead label={say.keywords} hint={say.keywordsHint} />
      <NewKeyword taken={keywords} />
      <Rows
        label={say.keywords}
        length={keywords.length}
        testId={`list-${PATH}`}
        moveLabel={(at) => say.move(say.keyword(at + 1))}
        removeLabel={(at) => say.takeOut(say.keyword(at + 1))}
        onMove={list.move}
        onRemove={list.remove}
        row={(at) => (
          <div className={styles.keyword}>
            <TextField path={`${PATH}.${at}.text`} label={say.keyword(at + 1)} hideLabel />
            <select
              className={field.select}
              aria-label={say.match(at + 1)}
              value={keywords[at]?.match ?? "whole_word"}
              data-testid={`field-${PATH}.${at}.match`}
              onChange={(event) =>
                put(`${PATH}.${at}.match`, say.match(at + 1), event.target.value)
              }
            >
              {(Object.keys(say.matches) as KeywordMatch[]).map((match) => (
                <option key={match} value={match}>
                  {say.matches[match]}
                </option>
              ))}
            </select>
          </div>
        )}
      />
      <FieldFindings path={PATH} />
    </div>
  );
}

/** Several at once are written with commas between them. */
function NewKeyword({ taken }: { taken: readonly Keyword[] }) {
  const { editing } = useInspector();
  const [typed, setTyped] = useState("");
  const words = typed
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word, at, all) => word !== "" && all.indexOf(word) === at)
    .filter((word) => !taken.some((keyword) => keyword.text === word));
  return (
    <form
      className={styles.newKeyword}
      onSubmit={(event) => {
        event.preventDefault();
        if (words.length === 0) return;
        editing
          .getState()
          .change(changes.addTo(words.join(", "), say.keywords.toLowerCase()), (draft) =>
            words.reduce(
              (document, text) => insertAt(document, PATH, { text, match: "whole_word" }),
              draft,
            ),
          );
        setTyped("");
      }}
    >
      <input
        className={field.input}
        aria-label={say.newKeyword}
        placeholder={say.newKeywordPlaceholder}
        autoComplete="off"
        value={typed}
        data-testid="new-keyword"
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" disabled={words.length === 0} data-testid="add-keyword">
        {say.add}
      </Button>
    </form>
  );
}

function PriorityField() {
  const { editing, others } = useInspector();
  const draft = useEditing(editing, (state) => state.draft);
  const before = draft ? triedBefore(draft, others) : [];
  const last = before.at(-1);
  return (
    <NumberField
      path="priority"
      label={say.priority}
      fallback={0}
      least={-2147483648}
      most={2147483647}
      hint={`${say.priorityHint} ${last ? say.triedAfter(last.name, before.length) : say.triedFirst}`}
    />
  );
}
