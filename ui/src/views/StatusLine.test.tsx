// @vitest-environment jsdom
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { StoresProvider } from "@/features/session/context";
import { patched } from "@/features/session/session";
import type { FrontFigures } from "@/host";
import { recordingHost } from "@/host/memory";
import { StatusLine } from "./StatusLine";
import { createStores } from "./stores";

const NONE = {
  reads: 0,
  nearHits: 0,
  sharedHits: 0,
  negativeHits: 0,
  misses: 0,
  bypasses: 0,
  stale: 0,
  errors: 0,
  writes: 0,
  invalidations: 0,
  readMicros: 0,
};

const figures = (change: Partial<FrontFigures> = {}): FrontFigures => ({
  profile: "Shop",
  whose: { of: "window" },
  deliveries: 12,
  events: 14,
  sent: 3,
  failed: 0,
  isDryRun: false,
  queueWaiting: 5,
  queueDead: 0,
  cache: {
    workspace: { ...NONE, reads: 1_000, nearHits: 900, misses: 100 },
    automations: NONE,
    userState: NONE,
    contact: NONE,
  },
  ...change,
});

async function open() {
  const { stores } = createStores(recordingHost({ at: 4 }));
  await stores.session.getState().open();
  render(
    <StoresProvider stores={stores}>
      <StatusLine />
    </StoresProvider>,
  );
  const tell = (told: FrontFigures | null) =>
    act(() =>
      stores.session.setState((session) => patched(session, { update: "front", figures: told })),
    );
  return { stores, tell, line: screen.getByTestId("status-line") };
}

describe("the status line", () => {
  it("counts the simulator while nothing else is in front", async () => {
    const { line, tell } = await open();
    const offline = line.textContent;
    expect(offline).not.toContain("Shop");
    tell(figures());
    expect(line.textContent).toContain("Shop · this window12 deliveries14 events3 sent0 failed");
    expect(line.textContent).toContain("queue 5");
    expect(line.textContent).toContain("workspace 90.0 %");
    tell(null);
    expect(line.textContent).toBe(offline);
  });

  it("says whose figures they are", async () => {
    const { line, tell } = await open();
    tell(figures({ whose: { of: "workers", answering: 2, named: 2 } }));
    expect(line.textContent).toContain("Shop · 2 workers");
    tell(figures({ whose: { of: "workers", answering: 1, named: 2 } }));
    expect(line.textContent).toContain("1 of 2 workers answer");
    tell(figures({ whose: { of: "nobody" }, queueWaiting: null }));
    expect(line.textContent).toBe("Shop · handled elsewherequeue –");
    expect(screen.getByTestId("status-whose").title).toContain("Name its workers’ metrics");
  });

  it("never says that a dry run has sent something", async () => {
    const { tell } = await open();
    tell(figures({ isDryRun: true }));
    expect(screen.getByTestId("status-sent").textContent).toBe("3 not sent (dry run)");
  });

  it("leads to what it names", async () => {
    const { stores, tell } = await open();
    tell(figures({ failed: 2, queueDead: 1 }));
    const user = userEvent.setup({ delay: null });
    await user.click(screen.getByTitle("Show the queue"));
    expect(stores.navigation.getState().screen).toBe("queue");
    await user.click(screen.getByTitle("Show the deliveries"));
    expect(stores.navigation.getState().screen).toBe("traffic");
    await user.click(screen.getByTitle("Show the cache figures"));
    expect(stores.navigation.getState().screen).toBe("cache");
    await user.click(screen.getByTitle("Show the deliveries with what was not sent"));
    expect(stores.navigation.getState().screen).toBe("traffic");
  });

  it("leads there for the simulator too", async () => {
    const { stores } = await open();
    const user = userEvent.setup({ delay: null });
    await user.click(screen.getByTitle("Show the deliveries"));
    expect(stores.navigation.getState().screen).toBe("traffic");
    await user.click(screen.getByTitle("Show the queue"));
    expect(stores.navigation.getState().screen).toBe("queue");
  });
});
