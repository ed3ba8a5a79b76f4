import { useState } from "react";
import { useEditing } from "@/features/builder/editing";
import { IconButton } from "@/shared/Button";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { useBuilder, useBuilderView, useFindings } from "./context";
import styles from "./Drawer.module.css";
import { Explore } from "./Explore";
import { KeywordTester } from "./KeywordTester";
import { Problems } from "./Problems";
import { Versions } from "./Versions";
import type { BuilderView } from "./view";

/** Below this height of the window there is too little room for it beside the canvas. */
const LOW = 800;

type Tab = BuilderView["tab"];

/** Below the canvas: what is wrong, what would match, and what was before. */
export function Drawer() {
  const { editing, view } = useBuilder();
  const id = useEditing(editing, (state) => state.draft?.id ?? null);
  const findings = useFindings();
  const tab = useBuilderView((state) => state.tab);
  const own = findings.filter((finding) => finding.automationId === id).length;
  const problems = id === null ? findings.length : own;
  const chosen = useBuilderView((state) => state.drawer);
  const [low] = useState(() => window.innerHeight < LOW);
  const open = chosen ?? (!low || problems > 0);
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
          {...(open && { panelId: (each: Tab) => `drawer-${each}` })}
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
            view.setState({ tab: each, drawer: true });
          }}
        />
        <span className={styles.spring} />
        <IconButton
          small
          icon={open ? "down" : "up"}
          label={open ? texts.library.drawerClose : texts.library.drawerOpen}
          aria-expanded={open}
          data-testid="drawer-toggle"
          onClick={() => view.setState({ drawer: !open })}
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
