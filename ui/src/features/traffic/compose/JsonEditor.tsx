import { useId, useRef } from "react";
import type { Checked } from "@/host";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { indented } from "@/shared/json";
import { texts } from "@/texts";
import { kindsInWords } from "../shown";
import styles from "./Compose.module.css";
import { placeOf } from "./place";

interface JsonEditorProps {
  value: string;
  /** What it is; null while that is found out. */
  checked: Checked | null;
  onChange: (value: string) => void;
}

/** A body as text, with where it stops being JSON and what it would become. */
export function JsonEditor({ value, checked, onChange }: JsonEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const t = texts.traffic.compose;
  const problem = value.trim() === "" ? null : (checked?.problem ?? null);
  return (
    <div>
      <div className={styles.editorHead}>
        <label htmlFor={`${id}-body`} className={field.label}>
          {t.body}
        </label>
        <Button
          look="quiet"
          disabled={!checked || checked.problem !== null}
          data-testid="compose-format"
          onClick={() => onChange(indented(value))}
        >
          {t.format}
        </Button>
      </div>
      <textarea
        ref={area}
        id={`${id}-body`}
        className={styles.editor}
        spellCheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-about`}
        value={value}
        data-testid="compose-body"
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-about`} className={styles.about} data-wrong={problem !== null || undefined}>
        {problem ? (
          <>
            <span data-testid="compose-json-problem">
              {t.problem(problem.line, problem.column, problem.message)}
            </span>
            <button
              type="button"
              className={styles.goTo}
              onClick={() => {
                const place = placeOf(value, problem.line, problem.column);
                area.current?.focus();
                area.current?.setSelectionRange(place, Math.min(place + 1, value.length));
              }}
            >
              {t.goTo}
            </button>
          </>
        ) : (
          <span data-testid="compose-becomes">
            {!checked || value.trim() === ""
              ? " "
              : checked.events.length === 0
                ? t.becomesNothing
                : t.becomes(kindsInWords(checked.events))}
          </span>
        )}
      </p>
    </div>
  );
}
