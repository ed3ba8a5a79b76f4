import { useRef } from "react";
import { Icon, type IconName } from "./Icon";
import { arrowTarget } from "./roving";
import styles from "./Segments.module.css";

export interface Segment<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  testId?: string;
  /** A mark beside the label, such as a count. */
  badge?: string | undefined;
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  segments: readonly Segment<T>[];
  onChange: (value: T) => void;
  /** Tabs show a panel each; a choice is one of several values. */
  as?: "tabs" | "choice";
  /** The id of the panel that a tab controls. */
  panelId?: (value: T) => string;
}

/** One of a few: arrow keys move and choose. */
export function Segments<T extends string>({
  label,
  value,
  segments,
  onChange,
  as = "choice",
  panelId,
}: SegmentsProps<T>) {
  const buttons = useRef(new Map<T, HTMLButtonElement>());
  const tabs = as === "tabs";
  return (
    <div
      role={tabs ? "tablist" : "radiogroup"}
      aria-label={label}
      className={tabs ? styles.tabs : styles.choice}
    >
      {segments.map((segment, index) => {
        const chosen = segment.value === value;
        return (
          <button
            key={segment.value}
            ref={(element) => {
              if (element) buttons.current.set(segment.value, element);
              else buttons.current.delete(segment.value);
            }}
            type="button"
            role={tabs ? "tab" : "radio"}
            aria-checked={tabs ? undefined : chosen}
            aria-selected={tabs ? chosen : undefined}
            aria-controls={tabs && chosen ? panelId?.(segment.value) : undefined}
            tabIndex={chosen ? 0 : -1}
            data-testid={segment.testId}
            className={styles.segment}
            onClick={() => onChange(segment.value)}
            onKeyDown={(event) => {
              const target = arrowTarget(event.key, index, segments.length, "both");
              const next = target === null ? undefined : segments[target];
              if (!next) return;
              event.preventDefault();
              onChange(next.value);
              buttons.current.get(next.value)?.focus();
            }}
          >
            {segment.icon && <Icon name={segment.icon} size={14} />}
            <span>{segment.label}</span>
            {segment.badge && <span className={styles.badge}>{segment.badge}</span>}
          </button>
        );
      })}
    </div>
  );
}
