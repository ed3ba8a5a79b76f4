import { useId } from "react";
import styles from "./Switch.module.css";

/** A setting that is on or off, with its name before it. */
export function Switch({
  label,
  on,
  onChange,
  disabled,
  testId,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  testId?: string;
}) {
  const id = useId();
  return (
    <div className={styles.row}>
      <span id={id}>{label}</span>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        disabled={disabled}
        data-testid={testId}
        className={styles.switch}
        onClick={() => onChange(!on)}
      >
        <span className={styles.knob} />
      </button>
    </div>
  );
}
