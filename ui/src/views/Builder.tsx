import { useCallback, useEffect, useMemo, useRef } from "react";
import { BuilderCanvas } from "@/features/builder/canvas/BuilderCanvas";
import type { LitRun } from "@/features/builder/canvas/flow";
import type { Overlay as DrawnOverlay } from "@/features/builder/contract";
import { useEditing } from "@/features/builder/editing";
import { Inspector } from "@/features/builder/inspector/Inspector";
import { flowOf } from "@/features/flow/model";
import { useBuilder, useBuilderView, useEntries, useFindings } from "@/features/library/context";
import { DraftBar } from "@/features/library/DraftBar";
import { Drawer } from "@/features/library/Drawer";
import { LibraryPane } from "@/features/library/LibraryPane";
import { useFix } from "@/features/library/Problems";
import { Templates } from "@/features/library/Templates";
import type { BuilderView } from "@/features/library/view";
import { useNavigation, useOpened, usePerson } from "@/features/session/context";
import { allStandings } from "@/features/why/sends";
import type { Finding, Overlay, Period } from "@/host";
import field from "@/shared/Field.module.css";
import pane from "@/shared/Pane.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import styles from "./Builder.module.css";
import { BuilderTry } from "./BuilderTry";
import { useOverlay } from "./useOverlay";

type Side = BuilderView["side"];

const PERIODS: readonly Period[] = ["hour", "day", "week"];

/** Automations built, tried on a simulated person, and published. */
export function Builder() {
  const { editing, view } = useBuilder();
  const entries = useEntries();
  const chosen = useNavigation((navigation) => navigation.automation);
  const choose = useNavigation((navigation) => navigation.choose);
  const inFront = useNavigation((navigation) => navigation.screen === "builder");
  const draft = useEditing(editing, (state) => state.draft);
  const side = useBuilderView((state) => state.side);
  const period = useBuilderView((state) => state.period);
  const setSide = useCallback((next: Side) => view.setState({ side: next }), [view]);
  const first = entries[0]?.id;
  const edit = useCallback(() => setSide("edit"), [setSide]);

  // There is always something to look at.
  useEffect(() => {
    if (chosen === null && first) choose(first);
  }, [chosen, first, choose]);

  // What is taken away elsewhere is no longer looked at.
  const there = useRef<string | null>(null);
  useEffect(() => {
    if (entries.some((entry) => entry.id === chosen)) there.current = chosen;
    else if (chosen !== null && there.current === chosen) choose(null);
  }, [entries, chosen, choose]);

  // What is chosen on the canvas is what one wants to edit; another automation is not.
  useEffect(
    () =>
      editing.subscribe((now, before) => {
        const same = now.draft?.id === before.draft?.id;
        if (same && now.selected && now.selected !== before.selected) setSide("edit");
      }),
    [editing, setSide],
  );

  return (
    <div className={styles.builder}>
      <h1 className="visually-hidden">{texts.window.screen.builder}</h1>
      <div className={styles.library}>
        <LibraryPane />
      </div>
      {draft ? (
        <div className={styles.work}>
          <DraftBar />
          <div className={styles.columns}>
            <div className={styles.middle}>
              <Canvas
                period={period}
                tried={side === "try"}
                onPeriod={(next) => view.setState({ period: next })}
                onEdit={edit}
              />
              <Drawer />
            </div>
            <div className={styles.side}>
              <div className={styles.tabs}>
                <Segments
                  as="tabs"
                  label={texts.window.screen.builder}
                  value={side}
                  segments={[
                    { value: "edit", label: texts.library.edit, testId: "side-edit" },
                    { value: "try", label: texts.library.try, testId: "side-try" },
                  ]}
                  onChange={setSide}
                  panelId={(each) => `side-${each}`}
                />
              </div>
              <div
                id={`side-${side}`}
                role="tabpanel"
                aria-label={texts.library[side]}
                className={styles.panel}
              >
                {side === "edit" ? <Edit /> : inFront && <BuilderTry />}
              </div>
            </div>
          </div>
        </div>
      ) : (
        <div className={pane.empty}>
          <strong>{entries.length > 0 ? texts.library.chooseFirst : texts.library.none}</strong>
          <p>{entries.length > 0 ? texts.library.chooseFirstHint : texts.library.noneHint}</p>
          {entries.length === 0 && (
            <div className={styles.templates}>
              <Templates />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** The canvas, with the person who tries it lit on it. */
function Canvas({
  period,
  tried,
  onPeriod,
  onEdit,
}: {
  period: Period;
  tried: boolean;
  onPeriod: (period: Period) => void;
  onEdit: () => void;
}) {
  const { editing } = useBuilder();
  const draft = useEditing(editing, (state) => state.draft);
  const findings = useFindingsOfDraft();
  const media = useOpened((opened) => opened.media);
  const inFront = useNavigation((navigation) => navigation.screen === "builder");
  const overlay = useOverlay(inFront ? (draft?.id ?? null) : null, period);
  const person = usePerson();
  const lit = useMemo((): LitRun | null => {
    if (!tried || !person || !draft) return null;
    const flow = flowOf(
      draft,
      person.state,
      person.decisions,
      allStandings(person.decisions, person.conversation),
    );
    return flow.outcome === "none" ? null : { person: person.name, flow };
  }, [tried, person, draft]);
  const drawn = useMemo(() => drawnOverlay(overlay, period), [overlay, period]);
  return (
    <div className={styles.canvas}>
      <BuilderCanvas
        editing={editing}
        findings={findings}
        overlay={drawn}
        lit={lit}
        media={useMemo(() => Object.values(media), [media])}
        tools={<PeriodChoice period={period} onPeriod={onPeriod} />}
        onEdit={onEdit}
      />
    </div>
  );
}

/** In which time the people are counted who went through it. */
function PeriodChoice({
  period,
  onPeriod,
}: {
  period: Period;
  onPeriod: (period: Period) => void;
}) {
  return (
    <select
      className={`${field.select} ${styles.period}`}
      aria-label={texts.library.overlay}
      title={texts.library.overlayHint}
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
  );
}

/** Where nobody ever was, zeros would only be in the way. */
function drawnOverlay(overlay: Overlay | null, period: Period): DrawnOverlay | null {
  if (!overlay || overlay.ways.length + overlay.standing.length === 0) return null;
  const standing = overlay.standing.map(({ awaiting, count }) => [awaiting, count]);
  return { ...overlay, period, standing: Object.fromEntries(standing) };
}

/** Those of other automations are for the list below the canvas. */
function useFindingsOfDraft(): readonly Finding[] {
  const { editing } = useBuilder();
  const id = useEditing(editing, (state) => state.draft?.id ?? null);
  const findings = useFindings();
  return useMemo(() => findings.filter((finding) => finding.automationId === id), [findings, id]);
}

function Edit() {
  const { editing } = useBuilder();
  const findings = useFindingsOfDraft();
  const media = useOpened((opened) => opened.media);
  const automations = useOpened((opened) => opened.automations);
  const fix = useFix();
  return (
    <Inspector
      editing={editing}
      findings={findings}
      media={useMemo(() => Object.values(media), [media])}
      others={useMemo(() => Object.values(automations), [automations])}
      onFix={fix}
    />
  );
}
