/** Fields of the forms in Connections. */

import { type ReactNode, useId } from "react";
import { Button } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import styles from "./Connections.module.css";

/** Two fields beside each other, the first one wider unless they are even. */
export function Pair({ even, children }: { even?: boolean; children: ReactNode }) {
  return <div className={even ? styles.even : styles.pair}>{children}</div>;
}

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId: string;
  placeholder?: string;
  hint?: string | undefined;
  mono?: boolean;
  autoFocus?: boolean;
}

/** A line of text. */
export function Text({
  label,
  value,
  onChange,
  testId,
  placeholder,
  hint,
  mono,
  autoFocus,
}: TextProps) {
  const id = useId();
  return (
    <div>
      <label className={field.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={`${field.input} ${mono ? styles.mono : ""}`}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        data-autofocus={autoFocus || undefined}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && <p className={field.hint}>{hint}</p>}
    </div>
  );
}

interface SecretFieldProps {
  label: string;
  /** Whether there is one already. */
  kept: boolean;
  /** Null: as it is. Empty: it is forgotten. */
  value: string | null;
  hint?: string;
  testId: string;
  onChange: (value: string | null) => void;
}

/** A secret: kept as it is, replaced by what is typed, or forgotten. */
export function SecretField({ label, kept, value, hint, testId, onChange }: SecretFieldProps) {
  const id = useId();
  const t = texts.connections.editor;
  const forgotten = kept && value === "";
  return (
    <div>
      <label className={field.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.secret}>
        <input
          id={id}
          type="password"
          className={field.input}
          value={value ?? ""}
          placeholder={forgotten ? t.willForget : kept ? t.kept : t.none}
          autoComplete="new-password"
          data-testid={testId}
          onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
        />
        {kept && value === null && (
          <Button look="quiet" data-testid={`${testId}-forget`} onClick={() => onChange("")}>
            {t.forget}
          </Button>
        )}
      </div>
      {hint && <p className={field.hint}>{hint}</p>}
    </div>
  );
}
