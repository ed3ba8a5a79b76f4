import { useState } from "react";
import type { OpenedDelivery } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { type Segment, Segments } from "@/shared/Segments";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useTraffic, useTrafficStore } from "../context";
import { Actions } from "./Actions";
import { Cache } from "./Cache";
import styles from "./Delivery.module.css";
import { Raw } from "./Raw";
import { Sends } from "./Sends";
import { Story } from "./Story";
import { TraceOf } from "./TraceOf";
import { Waterfall } from "./Waterfall";

type Tab = "story" | "raw" | "trace" | "cache" | "sends" | "waterfall";
const TABS: readonly Tab[] = ["story", "raw", "trace", "cache", "sends", "waterfall"];
/** Milliseconds by which two times are of different clocks. */
const OTHER_CLOCK = 60_000;
/** What was refused never reached the queue, so there is no more of it. */
const OF_REFUSED: readonly Tab[] = ["story", "raw"];

/** A delivery opened: as it came, what it led to, and where the time went. */
export function Delivery() {
  const store = useTrafficStore();
  const opened = useTraffic((state) => state.opened);
  const failure = useTraffic((state) => state.failure);
  const chosen = useTraffic((state) => state.chosen);
  const [wanted, setTab] = useState<Tab>("story");
  const tabs = opened?.deliveryId === null ? OF_REFUSED : TABS;
  const tab = tabs.includes(wanted) ? wanted : "story";
  const t = texts.traffic.open;
  return (
    <>
      <header className={pane.head}>
        <h2 className={pane.title}>
          {opened?.deliveryId != null
            ? t.delivery(opened.deliveryId)
            : opened
              ? t.refused
              : chosen?.delivery != null
                ? t.delivery(chosen.delivery)
                : t.refused}
        </h2>
        {opened && <Arrived at={chosen?.at ?? opened.receivedAt} engine={opened.receivedAt} />}
        <IconButton
          icon="close"
          label={t.close}
          data-testid="traffic-close"
          onClick={() => {
            store.getState().close();
            document.querySelector<HTMLElement>('[data-testid="traffic-list"]')?.focus();
          }}
        />
      </header>
      {failure ? (
        <div className={pane.empty} role="alert">
          <p className="selectable">{failure.message}</p>
          {chosen && <Button onClick={() => void store.getState().open(chosen)}>{t.again}</Button>}
        </div>
      ) : opened ? (
        <>
          <Actions opened={opened} />
          <div className={styles.tabs}>
            <Segments
              as="tabs"
              label={t.label}
              value={tab}
              segments={tabs.map(
                (value): Segment<Tab> => ({
                  value,
                  label: [t.tabs[value], countOf(value, opened)].join(" ").trim(),
                  testId: `traffic-tab-${value}`,
                }),
              )}
              onChange={setTab}
              panelId={(value) => `traffic-panel-${value}`}
            />
          </div>
          <div
            id={`traffic-panel-${tab}`}
            role="tabpanel"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys.
            tabIndex={0}
            aria-label={t.tabs[tab]}
            className={styles.panel}
            data-testid="traffic-panel"
          >
            <Panel tab={tab} opened={opened} />
          </div>
        </>
      ) : (
        <div className={pane.empty} aria-busy="true">
          <p>{t.opening}</p>
        </div>
      )}
    </>
  );
}

function countOf(tab: Tab, opened: OpenedDelivery): string {
  const reads = opened.decisions.reduce(
    (sum, one) => sum + (one.decision.trace.reads?.length ?? 0),
    0,
  );
  const number = tab === "sends" ? opened.sends.length : tab === "cache" ? reads : 0;
  return number > 0 ? String(number) : "";
}

function Panel({ tab, opened }: { tab: Tab; opened: OpenedDelivery }) {
  switch (tab) {
    case "story":
      return <Story opened={opened} />;
    case "raw":
      return <Raw opened={opened} />;
    case "trace":
      return <TraceOf opened={opened} />;
    case "cache":
      return <Cache opened={opened} />;
    case "sends":
      return <Sends opened={opened} />;
    case "waterfall":
      return <Waterfall spans={opened.spans} worker={opened.worker} />;
  }
}

/** When it arrived, as its row says; what another clock of the engine said stands behind it. */
function Arrived({ at, engine }: { at: number; engine: number }) {
  const isOther = Math.abs(at - engine) > OTHER_CLOCK;
  const said = isOther ? [texts.traffic.open.engineClock(hoverTime(engine))] : [];
  return (
    <time className={styles.time} title={[hoverTime(at), ...said].join("\n")}>
      {exactTime(at)}
    </time>
  );
}
