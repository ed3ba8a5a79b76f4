import { useRef } from "react";
import { IconButton } from "./Button";
import field from "./Field.module.css";
import styles from "./SearchField.module.css";

interface SearchFieldProps {
  /** What is looked for, in words. */
  label: string;
  /** What its cross does. */
  clear: string;
  value: string;
  testId: string;
  onChange: (value: string) => void;
}

/**
 * A field that narrows a list. The web view's own search field looks its cross up in the
 * system's icon theme at the first letter, which takes longer than a letter may.
 */
export function SearchField({ label, clear, value, testId, onChange }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={styles.search}>
      {/* biome-ignore lint/a11y/useSemanticElements: why it is no search field is said above. */}
      <input
        ref={input}
        className={field.input}
        role="searchbox"
        aria-label={label}
        placeholder={label}
        value={value}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || value === "") return;
          event.preventDefault();
          event.stopPropagation();
          onChange("");
        }}
      />
      {value !== "" && (
        <IconButton
          small
          icon="close"
          className={styles.clear}
          label={clear}
          tabIndex={-1}
          onClick={() => {
            onChange("");
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}
