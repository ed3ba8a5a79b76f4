import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import type { Finding } from "../contract";
import { useFindings, useInspector } from "./context";
import styles from "./Inspector.module.css";

/** What was found about one field, each with the button that puts it right. */
export function FieldFindings({ path, id }: { path: string; id?: string }) {
  return <FindingList findings={useFindings(path)} id={id} />;
}

export function FindingList({
  findings,
  id,
}: {
  findings: readonly Finding[];
  id?: string | undefined;
}) {
  const { onFix } = useInspector();
  if (findings.length === 0) return null;
  return (
    <ul className={styles.findings} id={id}>
      {findings.map((finding) => (
        <li
          key={`${finding.code} ${finding.message}`}
          className={finding.severity === "error" ? styles.error : styles.warning}
          data-testid={`finding-${finding.code}`}
        >
          <Icon name={finding.severity === "error" ? "failed" : "warning"} size={14} />
          <span className="selectable">{finding.message}</span>
          {finding.fix && (
            <Button
              className={styles.fix}
              data-testid={`fix-${finding.code}`}
              onClick={() => onFix(finding)}
            >
              {finding.fix.title}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
