import { useState } from "react";
import { useEditing } from "@/features/builder/editing";
import type { Period } from "@/host";
import { IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { useBuilder, useFindings } from "./context";
import styles from "./Drawer.module.css";
import { Explore } from "./Explore";
import { KeywordTester } from "./KeywordTester";
import { Problems } from "./Problems";
import { Versions } from "./Versions";

const PERIODS: readonly Period[] = ["hour", "day", "week"];

type Tab = "problems" | "tester" | "explore" | "versions";

/** Below the canvas: what is wrong, what would match, and what was before. */
export function Drawer({
  period,
  onPeriod,
}: {
  period: Period;
  onPeriod: (period: Period) => void;
}) {
  const { editing } = useBuilder();
  const id = useEditing(editing, (state) => state.draft?.id ?? null);
  const findings = useFindings();
  const [tab, setTab] = useState<Tab>("problems");
  const [open, setOpen] = useState(true);
  const own = findings.filter((finding) => finding.automationId === id).length;
  const problems = id === null ? findings.length : own;
  return (
    <section
      className={styles.drawer}
      aria-label={texts.library.drawer}
      data-open={open || undefined}
    >
      <header className={styles.head}>
        <Segments
          as="tabs"
          label={texts.library.drawer}
          value={tab}
          panelId={(each) => `drawer-${each}`}
          segments={[
            {
              value: "problems",
              label: texts.library.problems,
              testId: "drawer-tab-problems",
              badge: problems > 0 ? String(problems) : undefined,
            },
            { value: "tester", label: texts.library.tester, testId: "drawer-tab-tester" },
            { value: "explore", label: texts.library.exploreTab, testId: "drawer-tab-explore" },
            { value: "versions", label: texts.library.versions, testId: "drawer-tab-versions" },
          ]}
          onChange={(each) => {
            setTab(each);
            setOpen(true);
          }}
        />
        <span className={styles.spring} />
        <label className={styles.overlay} title={texts.library.overlayHint}>
          <span>{texts.library.overlay}</span>
          <select
            className={field.select}
            value={period}
            data-testid="period"
            onChange={(event) => onPeriod(event.target.value as Period)}
          >
            {PERIODS.map((each) => (
              <option key={each} value={each}>
                {texts.library.periods[each]}
              </option>
            ))}
          </select>
        </label>
        <IconButton
          small
          icon={open ? "down" : "up"}
          label={open ? texts.library.drawerClose : texts.library.drawerOpen}
          aria-expanded={open}
          data-testid="drawer-toggle"
          onClick={() => setOpen(!open)}
        />
      </header>
      {open && (
        <div id={`drawer-${tab}`} role="tabpanel" aria-label={titles[tab]} className={styles.body}>
          {tab === "problems" && <Problems />}
          {tab === "tester" && <KeywordTester />}
          {tab === "explore" && <Explore />}
          {tab === "versions" && <Versions />}
        </div>
      )}
    </section>
  );
}

const titles: Record<Tab, string> = {
  problems: texts.library.problems,
  tester: texts.library.tester,
  explore: texts.library.exploreTab,
  versions: texts.library.versions,
};
