import { useRef, useState } from "react";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { COMMON, languageName, languageTag } from "./languages";
import styles from "./People.module.css";

const t = texts.people;
const OTHER = "other";

interface LanguageChoiceProps {
  /** A BCP 47 tag; null: none is known. */
  value: string | null;
  onChange: (language: string | null) => void;
  testId: string;
  id?: string;
}

/** A language out of the common ones, or any other by its tag. */
export function LanguageChoice({ value, onChange, testId, id }: LanguageChoiceProps) {
  const [other, setOther] = useState(false);
  const select = useRef<HTMLSelectElement>(null);
  const rare = value !== null && !COMMON.includes(value) ? value : null;
  return (
    <span className={styles.language}>
      <select
        ref={select}
        id={id}
        className={field.select}
        aria-label={id ? undefined : t.language}
        title={t.languageHint}
        value={other ? OTHER : (value ?? "")}
        data-testid={testId}
        onChange={(event) => {
          const chosen = event.target.value;
          setOther(chosen === OTHER);
          if (chosen !== OTHER) onChange(chosen || null);
        }}
      >
        <option value="">{t.languageNone}</option>
        {COMMON.map((tag) => (
          <option key={tag} value={tag}>
            {languageName(tag)}
          </option>
        ))}
        {rare && <option value={rare}>{languageName(rare)}</option>}
        <option value={OTHER}>{t.languageOther}</option>
      </select>
      {other && (
        <TagField
          testId={`${testId}-tag`}
          onDone={(tag, byKey) => {
            setOther(false);
            if (tag) onChange(tag);
            if (byKey) select.current?.focus();
          }}
        />
      )}
    </span>
  );
}

/**
 * Takes a tag with Enter, or when it is left; Escape leaves it as it was. While nothing is
 * written it stays: a list that closes may take the focus back for a moment.
 */
function TagField({
  testId,
  onDone,
}: {
  testId: string;
  onDone: (tag: string | null, byKey: boolean) => void;
}) {
  const [text, setText] = useState("");
  const [complained, setComplained] = useState(false);
  const tag = languageTag(text);
  // The field is left when it goes away, too.
  const ended = useRef(false);
  const end = (taken: string | null, byKey: boolean) => {
    if (ended.current) return;
    ended.current = true;
    onDone(taken, byKey);
  };
  const bad = complained && text.trim() !== "" && tag === null;
  const take = (byKey: boolean) => {
    if (tag !== null || (byKey && !text.trim())) end(tag, byKey);
    else setComplained(true);
  };
  return (
    <>
      <input
        className={field.input}
        value={text}
        placeholder={t.languageTagPlaceholder}
        aria-label={t.languageTag}
        aria-invalid={bad || undefined}
        autoComplete="off"
        spellCheck={false}
        data-testid={testId}
        ref={focusOnce}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => take(false)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            // The form around it is not sent yet.
            event.preventDefault();
            take(true);
          } else if (event.key === "Escape") {
            event.stopPropagation();
            end(null, true);
          }
        }}
      />
      {bad && (
        <span className={field.problem} role="alert">
          {t.languageBad}
        </span>
      )}
    </>
  );
}

/** Who chose to write a tag writes it now. */
function focusOnce(element: HTMLInputElement | null) {
  element?.focus();
}
