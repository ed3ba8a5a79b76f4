// @vitest-environment jsdom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { QueueHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { job, type QueueInMemory, queueInMemory } from "@/host/memory/queue";
import { texts } from "@/texts";
import { openScreen, violations } from "./inTests";

async function open(given: QueueInMemory = {}, change: Partial<QueueHost> = {}) {
  const queue = { ...queueInMemory(given), ...change };
  return openScreen({ ...recordingHost({ at: 4 }), queue }, 6, "queue-number-failed");
}

const rows = () => screen.getAllByTestId("queue-row");
const groups = () => screen.getAllByTestId("queue-reason");
const shows = (id: string, text: string) =>
  waitFor(() => expect(screen.getByTestId(id).textContent).toContain(text));
const NONE = { waiting: [], active: [], delayed: [], failed: [], completed: [] };

describe("what failed", () => {
  it("is grouped by reason, the largest group first, and listed by a click", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(groups().map((group) => group.textContent)).toEqual([
      expect.stringContaining("2connect ECONNREFUSED …"),
      expect.stringContaining("1no account …"),
    ]);
    await user.click(within(groups()[1] as HTMLElement).getByText("no account …"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.click(screen.getByTestId("queue-all-reasons"));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(await violations()).toEqual([]);
  });

  it("is retried by its kind, after a question", async () => {
    const { user } = await open();
    await user.click(within(groups()[0] as HTMLElement).getByTestId("queue-retry-reason"));
    await shows("queue-ask", "Retry 2 jobs?");
    expect(screen.getByTestId("queue-ask").textContent).toContain("connect ECONNREFUSED …");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "2 jobs went back into the queue.");
    await shows("queue-number-failed", "1");
    await shows("queue-number-waiting", "4");
  });

  it("is discarded after a question, and put back", async () => {
    const { user } = await open();
    await user.click(within(groups()[0] as HTMLElement).getByTestId("queue-discard-reason"));
    await shows("queue-ask", "their events are never handled");
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "2 jobs discarded.");
    await shows("queue-number-failed", "1");
    await user.click(screen.getByTestId("notice-action"));
    await shows("notice", "2 jobs put back");
    await shows("queue-number-failed", "3");
  });
});

describe("a job that is opened", () => {
  it("shows its reason, tries, stack and data, and is retried", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await shows("queue-job-reason", "connect ECONNREFUSED 127.0.0.1:27017");
    expect(screen.getByTestId("queue-job").textContent).toContain("3 of 3");
    expect(screen.getByTestId("queue-job-stack").textContent).toContain("worker.mjs");
    expect(screen.getByTestId("queue-job-data").textContent).toContain('"webhook": {');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-retry"));
    await shows("notice", "1 job went back");
    await waitFor(() => expect(screen.queryByTestId("queue-retry")).toBeNull());
    await user.click(screen.getByTestId("queue-to-traffic"));
    await screen.findByTestId("traffic-side");
  });

  it("is walked to with arrow keys and left with Escape", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    screen.getByTestId("queue-list").focus();
    await user.keyboard("{ArrowDown}{Enter}");
    await shows("queue-job-reason", "27017");
    await user.keyboard("{ArrowDown}");
    await shows("queue-job-reason", "27018");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("queue-job")).toBeNull();
  });
});

describe("what waits", () => {
  it("says who asked what, before it is opened", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("queue-tab-waiting"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    const [first, second] = rows();
    expect(
      within(first as HTMLElement).getByRole("img", { name: texts.kinds.dm_text }),
    ).toBeTruthy();
    expect(first?.textContent).toContain("17900000000000001price please");
    expect(second?.textContent).toContain("is it open?and 2 events more");
    expect(await violations()).toEqual([]);
  });

  it("is removed together, after saying that nobody will ever handle it", async () => {
    const { user, host } = await open();
    await user.click(screen.getByTestId("queue-tab-waiting"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    screen.getByTestId("queue-list").focus();
    await user.keyboard("{ArrowDown} {Shift>}{ArrowDown}{/Shift}");
    await shows("queue-marked", "2 selected");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-remove-marked"));
    await shows("queue-ask", "Remove 2 jobs?");
    expect(screen.getByTestId("queue-ask").textContent).toContain("does not send them again");
    await user.click(screen.getByTestId("queue-save"));
    await shows("queue-saved", "2 jobs saved to /downloads/jobs.json");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "2 jobs removed.");
    await shows("queue-number-waiting", "0");
    expect((await host.queue.jobs("waiting", null, 0, 10)).total).toBe(0);
    await user.click(screen.getByTestId("notice-action"));
    await shows("queue-number-waiting", "2");
  });

  it("is removed as it was when it was asked about, not what came since", async () => {
    const choose = vi.fn(async () => ["8"]);
    const { user, host } = await open({}, { choose });
    await user.click(screen.getByTestId("queue-tab-waiting"));
    await user.click(await screen.findByTestId("queue-remove-all"));
    await shows("queue-ask", "Remove 1 job?");
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "1 job removed.");
    const left = await host.queue.jobs("waiting", null, 0, 10);
    expect(left.rows.map((row) => row.id)).toEqual(["9"]);
  });

  it("is removed with all like it from the job that is open", async () => {
    const waiting = [job("8"), job("9"), job("10", { name: "report" })];
    const { user } = await open({ jobs: { ...NONE, waiting } });
    await user.click(screen.getByTestId("queue-tab-waiting"));
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("queue-remove-like"));
    await shows("queue-ask", "Remove 2 jobs?");
  });

  it("is selected with the mouse, and nothing is moved at observe", async () => {
    const { user } = await open({ news: { level: "observe", workers: [] } });
    await user.click(screen.getByTestId("queue-tab-waiting"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    await user.click(rows()[0]?.querySelector("[data-mark]") as HTMLElement);
    await shows("queue-marked", "1 selected");
    expect(screen.queryByTestId("queue-job")).toBeNull();
    expect((screen.getByTestId("queue-remove-marked") as HTMLButtonElement).disabled).toBe(true);
    screen.getByTestId("queue-list").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("queue-marked")).toBeNull();
  });
});

it("hands out what is delayed, all of it after a question", async () => {
  const { user } = await open();
  await user.click(screen.getByTestId("queue-number-delayed"));
  await user.click(await screen.findByTestId("queue-promote-all"));
  await user.click(screen.getByTestId("queue-confirm"));
  await shows("notice", "1 job handed out.");
  await shows("queue-none", "Nothing waits for a later time.");
});

it("is paused after saying whom that holds up, and resumed", async () => {
  const { user } = await open();
  await user.click(screen.getByTestId("queue-pause"));
  await shows("queue-ask", "to any worker, here or on a server");
  await user.click(screen.getByTestId("queue-confirm"));
  await shows("queue-paused", "2 jobs wait.");
  await user.click(screen.getByTestId("queue-resume"));
  await waitFor(() => expect(screen.queryByTestId("queue-paused")).toBeNull());
});

it("only looks at observe, and says why nothing can be moved", async () => {
  await open({ news: { level: "observe", workers: [] } });
  const held = ["queue-pause", "queue-retry-all"].map((id) => screen.getByTestId(id));
  const moves = [...held, ...screen.getAllByTestId("queue-retry-reason")];
  for (const button of moves) {
    expect((button as HTMLButtonElement).disabled).toBe(true);
    expect(button.title).toContain("guard level observe");
  }
});

it("merges what BullMQ 5 put aside only after it said what that means", async () => {
  const merged: boolean[] = [];
  const { user } = await open(
    { figures: { paused: true, parked: 3, waiting: 5, warnings: ["A client of BullMQ 5 …"] } },
    { resume: async (merging) => void merged.push(merging) },
  );
  await user.click(screen.getByTestId("queue-resume"));
  await shows("queue-ask", "It put 3 jobs aside; 2 came since.");
  await user.click(screen.getByTestId("queue-confirm"));
  expect(merged).toEqual([true]);
});

it("teaches where nothing is in the queue", async () => {
  const { user } = await open({ jobs: NONE });
  await shows("queue-empty", "Each webhook waits here");
  expect(await violations()).toEqual([]);
  await user.click(within(screen.getByTestId("queue-empty")).getByRole("button"));
  await screen.findByTestId("traffic-side");
});

it("says why it cannot be looked at", async () => {
  await open({ news: { trouble: "Redis did not answer within 5 s.", figures: null } });
  await shows("queue-trouble", "Redis did not answer within 5 s.");
});

it("is turned a page at a time", async () => {
  const failed = Array.from({ length: 250 }, (_, n) =>
    job(String(n), { reason: "no", attempts: 1 }),
  );
  const { user } = await open({ jobs: { ...NONE, failed } });
  await shows("queue-range", "1 – 100 of 250");
  await user.click(screen.getByTestId("queue-later"));
  await user.click(screen.getByTestId("queue-later"));
  await shows("queue-range", "201 – 250 of 250");
  expect(rows()).toHaveLength(50);
});
