import styles from "./People.module.css";

/** The first letter of a name; decoration beside the name itself. */
export function Avatar({ name, account }: { name: string; account?: boolean }) {
  return (
    <span className={`${styles.avatar} ${account ? styles.avatarAccount : ""}`} aria-hidden="true">
      {Array.from(name.trim())[0]?.toUpperCase() ?? "?"}
    </span>
  );
}
