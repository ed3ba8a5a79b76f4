import { useId } from "react";
import styles from "./Switch.module.css";

/** A setting that is on or off, with its name before it; bare where the name is clear. */
export function Switch({
  label,
  on,
  onChange,
  disabled,
  testId,
  bare,
  tabIndex,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  testId?: string;
  bare?: boolean;
  tabIndex?: number;
}) {
  const id = useId();
  return (
    <div className={styles.row}>
      <span id={id} className={bare ? "visually-hidden" : undefined}>
        {label}
      </span>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={id}
        disabled={disabled}
        tabIndex={tabIndex}
        data-testid={testId}
        className={styles.switch}
        onClick={() => onChange(!on)}
      >
        <span className={styles.knob} />
      </button>
    </div>
  );
}
