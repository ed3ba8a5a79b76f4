import { type ReactNode, useState } from "react";
import type { ShownCheck, ShownOutcome } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { Says } from "./Says";

const ICON: Record<ShownOutcome, IconName> = { ok: "check", warning: "warning", failed: "failed" };

interface ChecksProps {
  name: string;
  checks: readonly ShownCheck[];
  /** More is looked at still. */
  running: boolean;
  /** What can be done here about what a check found, by its name. */
  remedies?: Readonly<Record<string, ReactNode>>;
}

/** What a test found: what needs a look first and in full, the rest on request. */
export function Checks({ name, checks, running, remedies = {} }: ChecksProps) {
  const [all, setAll] = useState(false);
  const t = texts.connections.checks;
  const bad = checks.filter(({ outcome }) => outcome !== "ok");
  const shown = all || running ? checks : bad;
  return (
    <div className={styles.checks} data-testid={`checks-${name}`} aria-busy={running}>
      {!running && (
        <p className={styles.checksHead} data-outcome={worst(checks)}>
          <Icon name={ICON[worst(checks)]} size={14} />
          <span>
            {bad.length === 0 ? t.allGood(checks.length) : t.some(bad.length, checks.length)}
          </span>
          <button type="button" className={styles.link} onClick={() => setAll(!all)}>
            {all ? t.hide : t.show}
          </button>
        </p>
      )}
      <ul aria-label={t.label(name)}>
        {shown.map((check, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: several servers are looked at under one name.
            key={at}
            className={styles.check}
            data-outcome={check.outcome}
            data-testid={`check-${check.name}`}
          >
            <Icon
              name={ICON[check.outcome]}
              size={14}
              label={texts.connections.outcomes[check.outcome]}
            />
            <div>
              <b>{groupOf(check.name)}</b> <Says says={withoutGroup(check)} />
              {check.toDo && (
                <p className="selectable">
                  <i>{t.toDo}</i> {check.toDo}
                </p>
              )}
              {!running && check.outcome === "failed" && remedies[check.name]}
            </div>
          </li>
        ))}
      </ul>
      {running && <div className={styles.running}>{texts.connections.testing}</div>}
    </div>
  );
}

export function worst(checks: readonly ShownCheck[]): ShownOutcome {
  if (checks.some(({ outcome }) => outcome === "failed")) return "failed";
  return checks.some(({ outcome }) => outcome === "warning") ? "warning" : "ok";
}

/** What is said, where the group's own name before it does not begin it already. */
function withoutGroup({ name, says }: ShownCheck): string {
  const begins = `${groupOf(name)} `;
  return says.startsWith(begins) ? says.slice(begins.length) : says;
}

/** "Redis" for "redis.eviction". */
function groupOf(name: string): string {
  const group = name.split(".")[0] ?? name;
  return texts.connections.checks.groups[group] ?? group;
}
