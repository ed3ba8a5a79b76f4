import { ClockBar } from "@/features/clock/ClockBar";
import { useBeside } from "@/features/conversation/beside";
import { Conversations } from "@/features/conversation/Conversations";
import { CachePanel } from "@/features/counters/CachePanel";
import { FaultLine, Faults } from "@/features/faults/Faults";
import { FlowPane } from "@/features/flow/FlowPane";
import { PeoplePane } from "@/features/people/PeoplePane";
import { Scenarios } from "@/features/scenarios/Scenarios";
import { useLooking, useOpened } from "@/features/session/context";
import { type Pane, unreadOf } from "@/features/session/looking";
import { Timeline } from "@/features/timeline/Timeline";
import { WhyPane } from "@/features/why/WhyPane";
import { type Segment, Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { Reset } from "./Reset";
import styles from "./Simulator.module.css";
import { type Room, useRoom } from "./useRoom";

/** Which panes share a column, by how much room there is. */
const COLUMNS: Record<Room, readonly (readonly Pane[])[]> = {
  wide: [["people"], ["conversation"], ["flow"], ["why"]],
  medium: [["people"], ["conversation"], ["flow", "why"]],
  narrow: [["people", "conversation", "flow", "why"]],
};

/** Talk to the automations as a customer and see what they do and why. */
export function Simulator() {
  const room = useRoom();
  const beside = Math.min(
    useBeside(),
    Math.max(
      1,
      useOpened((opened) => opened.peopleOrder.length),
    ),
  );
  return (
    <>
      <div className={styles.bar}>
        <h1 className={styles.title}>{texts.window.simulator}</h1>
        <ClockBar />
        <span className={styles.spring} />
        <Faults />
        <Scenarios />
        <Reset />
      </div>
      <FaultLine />
      <div className={styles.columns} data-room={room} data-beside={beside}>
        {COLUMNS[room].map((panes) => (
          <Column key={panes.join()} panes={panes} />
        ))}
      </div>
      <Timeline />
    </>
  );
}

const TITLES: Record<Pane, string> = {
  people: texts.people.title,
  conversation: texts.conversation.title,
  flow: texts.flow.title,
  why: texts.why.title,
};

/** One pane, or several behind tabs. */
function Column({ panes }: { panes: readonly Pane[] }) {
  const front = useLooking((looking) => looking.pane);
  const show = useLooking((looking) => looking.show);
  const people = useOpened((opened) => opened.people);
  const unread = useLooking(({ seen }) =>
    Object.values(people).reduce((sum, person) => sum + unreadOf(person, seen), 0),
  );
  const first = panes[0] ?? "conversation";
  const shown = panes.includes(front)
    ? front
    : panes.includes("conversation")
      ? "conversation"
      : first;
  const tabbed = panes.length > 1;
  const segments = panes.map(
    (pane): Segment<Pane> => ({
      value: pane,
      label: TITLES[pane],
      testId: `tab-${pane}`,
      badge: pane === "people" && unread > 0 ? String(unread) : undefined,
    }),
  );
  return (
    <div className={styles.column} data-panes={panes.join(" ")}>
      {tabbed && (
        <div className={styles.tabs}>
          <Segments
            as="tabs"
            label={texts.window.simulator}
            value={shown}
            segments={segments}
            onChange={show}
            panelId={(pane) => `pane-${pane}`}
          />
        </div>
      )}
      <div
        id={`pane-${shown}`}
        role={tabbed ? "tabpanel" : undefined}
        aria-label={tabbed ? TITLES[shown] : undefined}
        className={styles.pane}
        data-pane={shown}
      >
        <PaneContent pane={shown} titled={!tabbed} />
      </div>
    </div>
  );
}

function PaneContent({ pane, titled }: { pane: Pane; titled: boolean }) {
  const beside = useBeside();
  switch (pane) {
    case "people":
      return (
        <div className={styles.people}>
          <PeoplePane titled={titled} />
          <CachePanel />
        </div>
      );
    case "conversation":
      return <Conversations most={beside} />;
    case "flow":
      return <FlowPane titled={titled} />;
    case "why":
      return <WhyPane titled={titled} />;
  }
}
