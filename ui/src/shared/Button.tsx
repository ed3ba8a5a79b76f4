import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

type Native = Omit<ComponentProps<"button">, "children">;

interface ButtonProps extends Native {
  children: ReactNode;
  icon?: IconName;
  look?: "plain" | "primary" | "quiet" | "danger";
}

/** A button with words, 28 px high. */
export function Button({ children, icon, look = "plain", className, ...native }: ButtonProps) {
  return (
    <button
      type="button"
      {...native}
      className={[styles.button, styles[look], className].filter(Boolean).join(" ")}
    >
      {icon && <Icon name={icon} size={14} />}
      <span className={styles.words}>{children}</span>
    </button>
  );
}

interface IconButtonProps extends Native {
  icon: IconName;
  /** What it does: its name and its tooltip. */
  label: string;
  small?: boolean;
}

/** A button that is only an icon. */
export function IconButton({ icon, label, small, className, ...native }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...native}
      aria-label={label}
      className={[styles.icon, small ? styles.small : "", className].filter(Boolean).join(" ")}
    >
      <Icon name={icon} size={small ? 14 : 16} />
    </button>
  );
}
