import { useState } from "react";
import { applyEdits } from "@/features/builder/document/change";
import { labelOf } from "@/features/builder/document/diff";
import { nodeAt } from "@/features/builder/document/nodes";
import { useEditing } from "@/features/builder/editing";
import { useStores } from "@/features/session/context";
import type { Finding } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { type BuilderStores, useBuilder, useEntries, useFindings } from "./context";
import styles from "./Drawer.module.css";
import { movedBefore } from "./order";

/** Does what a finding offers: a change of the draft, or another place in the order. */
export function useFix(): (finding: Finding) => void {
  const stores = useBuilder();
  const entries = useEntries();
  return (finding) =>
    fix(stores, finding, (before) => movedBefore(entries, finding.automationId, before));
}

function fix(
  { editing, drafting }: BuilderStores,
  { fix: offered }: Finding,
  moved: (before: string) => string[] | null,
) {
  if (!offered) return;
  const { change } = offered;
  if (change.type === "edit") {
    editing.getState().change(offered.title, (draft) => applyEdits(draft, change.edits));
    return;
  }
  const order = moved(change.before);
  if (order) void drafting.getState().reorder(order);
}

/** What linting found: in the automation that is open, or in all of them. */
export function Problems() {
  const { editing } = useBuilder();
  const { navigation } = useStores();
  const draft = useEditing(editing, (state) => state.draft);
  const all = useFindings();
  const [everything, setEverything] = useState(false);
  const doFix = useFix();
  const own = all.filter((finding) => finding.automationId === draft?.id);
  const shown = everything || !draft ? all : own;
  return (
    <div className={styles.panel}>
      {draft && (everything || all.length > own.length) && (
        <div className={styles.choice}>
          <Segments
            label={texts.library.ofWhich}
            value={everything ? "all" : "own"}
            segments={[
              { value: "own", label: texts.library.onlyThis, badge: countOf(own) },
              {
                value: "all",
                label: texts.library.ofAll,
                badge: countOf(all),
                testId: "problems-all",
              },
            ]}
            onChange={(which) => setEverything(which === "all")}
          />
        </div>
      )}
      {shown.length === 0 ? (
        <p className={styles.good}>
          <Icon name="check" size={14} />
          {everything || !draft ? texts.library.noProblemsAnywhere : texts.library.noProblems}
        </p>
      ) : (
        <ul className={styles.problems} data-testid="problems">
          {shown.map((finding) => {
            const open = finding.automationId === draft?.id;
            return (
              <li
                key={`${finding.automationId} ${finding.code} ${finding.path ?? ""}`}
                data-severity={finding.severity}
                data-testid={`problem-${finding.code}`}
              >
                <Icon
                  name={finding.severity === "error" ? "failed" : "warning"}
                  size={14}
                  label={finding.severity}
                />
                <button
                  type="button"
                  className={styles.message}
                  onClick={() => {
                    if (!open) navigation.getState().openAutomation(finding.automationId);
                    else if (draft) editing.getState().select(nodeAt(draft, finding.path));
                  }}
                >
                  {everything && <strong>{finding.name}: </strong>}
                  {finding.path && <span className={styles.where}>{labelOf(finding.path)}: </span>}
                  {finding.message}
                </button>
                {open && finding.fix && (
                  <Button data-testid={`fix-${finding.code}`} onClick={() => doFix(finding)}>
                    {finding.fix.title}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function countOf(findings: readonly Finding[]): string | undefined {
  return findings.length > 0 ? String(findings.length) : undefined;
}
