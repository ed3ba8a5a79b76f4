import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./Menu.module.css";

/** One line of a menu popover. */
export function MenuItem({
  icon,
  children,
  onChoose,
  disabled,
  title,
  testId,
}: {
  icon?: IconName;
  children: ReactNode;
  onChoose: () => void;
  disabled?: boolean;
  title?: string | undefined;
  testId?: string;
}) {
  return (
    <button
      type="button"
      role="menuitem"
      className={styles.item}
      disabled={disabled}
      title={title}
      data-testid={testId}
      onClick={onChoose}
    >
      {icon ? <Icon name={icon} size={14} /> : <span className={styles.blank} />}
      <span>{children}</span>
    </button>
  );
}
