import { type ReactNode, useId } from "react";
import field from "@/shared/Field.module.css";
import styles from "./Tunnel.module.css";

/** A field with its name before it. */
export function Row({ label, id, children }: { label: string; id: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <label htmlFor={id} className={styles.name}>
        {label}
      </label>
      {children}
    </div>
  );
}

interface TextRowProps {
  label: string;
  value: string;
  placeholder: string;
  disabled: boolean;
  testId: string;
  invalid?: boolean;
  numeric?: boolean;
  onChange: (value: string) => void;
}

/** A text that a machine reads: monospaced, and never corrected. */
export function TextRow({
  label,
  value,
  placeholder,
  disabled,
  testId,
  invalid,
  numeric,
  onChange,
}: TextRowProps) {
  const id = useId();
  return (
    <Row label={label} id={id}>
      <input
        id={id}
        className={`${field.input} ${styles.text}`}
        value={value}
        placeholder={placeholder}
        disabled={disabled}
        spellCheck={false}
        autoComplete="off"
        inputMode={numeric ? "numeric" : undefined}
        aria-invalid={invalid}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
    </Row>
  );
}
