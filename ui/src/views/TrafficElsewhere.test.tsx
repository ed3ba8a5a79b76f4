// @vitest-environment jsdom
import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { TrafficHost, TrafficNews, WorkersElsewhere } from "@/host";
import { recordingHost } from "@/host/memory";
import { row, trafficInMemory } from "@/host/memory/traffic";
import { openScreen, violations } from "./inTests";

const HEARD: WorkersElsewhere = { state: "listening", since: null, why: null, workers: 2 };

/** Traffic with a row that a worker elsewhere handled, and a way to tell something else. */
async function open(change: Partial<TrafficHost> = {}) {
  const traffic = trafficInMemory([row(1, { source: "worker", worker: "blue:7" }), row(2)]);
  const all = await traffic.look({ filter: "", at: null, count: 60 });
  let listener: (news: TrafficNews) => void = () => undefined;
  let number = 100;
  const tell = (elsewhere: WorkersElsewhere | null, leftOut = 0) => {
    number += 1;
    const counts = { ...all.counts, leftOut };
    act(() => listener({ ...all, number, counts, elsewhere }));
  };
  const host = {
    ...recordingHost({ at: 4 }),
    traffic: {
      ...traffic,
      watch: (onNews: (news: TrafficNews) => void) => {
        listener = onNews;
        onNews(all);
        return () => undefined;
      },
      ...change,
    },
  };
  const opened = await openScreen(host, 3, "traffic-filter");
  await waitFor(() => expect(screen.getAllByTestId("traffic-row")).toHaveLength(2));
  return { ...opened, tell };
}

const line = (name: string) => screen.queryByTestId(name)?.textContent ?? null;

describe("workers elsewhere", () => {
  it("are counted as long as they are heard, and so is what they leave out", async () => {
    const { tell } = await open();
    expect(line("traffic-workers")).toBeNull();
    tell(HEARD);
    expect(line("traffic-workers")).toBe("2 workers tell what they handle");
    tell({ ...HEARD, workers: 1 }, 1_234);
    expect(line("traffic-workers")).toBe("1 worker tells what it handles");
    expect(line("traffic-left-out")).toBe("1,234 more were handled by workers and not listed");
    expect(line("traffic-deaf")).toBeNull();
    expect(await violations()).toEqual([]);
  });

  it("that cannot be heard are said, with since when", async () => {
    const { tell } = await open();
    const since = new Date(2026, 10, 24, 12, 3, 4).getTime();
    tell({ state: "deaf", since, why: "Redis closed the subscription.", workers: 2 });
    expect(line("traffic-workers")).toBeNull();
    expect(line("traffic-deaf")).toBe(
      "What workers elsewhere handle has not been heard since 12:03:04: Redis closed the subscription. It is tried again by itself; what they handle meanwhile is not listed.",
    );
    expect(screen.getByTestId("traffic-deaf").getAttribute("role")).toBe("status");
    expect(await violations()).toEqual([]);
    tell(HEARD);
    expect(line("traffic-deaf")).toBeNull();
  });

  it("are named by what they handled, with what they do not tell", async () => {
    const opened = await trafficInMemory().open(1, null);
    const { user } = await open({
      open: async () => ({
        ...opened,
        source: "worker",
        worker: "blue:7",
        peer: null,
        headers: [],
        body: null,
      }),
    });
    expect(screen.getByTitle("Handled by the worker blue:7")).toBeTruthy();
    await user.click(screen.getAllByTestId("traffic-row")[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-tab-raw"));
    const panel = screen.getByTestId("traffic-panel");
    expect(panel.textContent).toContain("no queue keeps headers");
    expect(panel.textContent).toContain("did not tell the body");
    await user.click(screen.getByTestId("traffic-tab-waterfall"));
    expect(panel.textContent).toContain("worker blue:7 took it");
    expect(await violations()).toEqual([]);
  });
});
