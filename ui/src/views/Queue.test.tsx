// @vitest-environment jsdom
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { sendsOf } from "@/features/queue/sends/context";
import type { QueueHost, SendAgainQuestion } from "@/host";
import { recordingHost } from "@/host/memory";
import { OFFLINE } from "@/host/memory/connections";
import { job, type QueueInMemory, queueInMemory, send } from "@/host/memory/queue";
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

describe("the numbers", () => {
  const tile = (id: string) => screen.getByTestId(`queue-number-${id}`).textContent;

  it("say how old what is behind them is, and how fast it comes and goes", async () => {
    await open();
    expect(tile("waiting")).toBe("Waiting214 a min inoldest 4 s");
    expect(tile("active")).toBe("Active1longest 2 s");
    expect(tile("delayed")).toBe("Delayed1next in 56 s");
    expect(tile("failed")).toBe("Failed31 a min3 min to 2 d ago");
    expect(tile("done")).toBe("Done a minute12kept in Traffic only");
    expect(screen.getByTestId("queue-number-done").tagName).toBe("DIV");
  });

  it("say what is overdue, and list the completed jobs where they are kept", async () => {
    const { user } = await open({
      figures: { nextDue: -90_000, completed: 12_345, newestFailed: 10_000, oldestFailed: 20_000 },
    });
    expect(tile("delayed")).toContain("next overdue by 1 min 30 s");
    expect(tile("failed")).toContain("now");
    expect(tile("done")).toContain("12,345 kept");
    await user.click(screen.getByTestId("queue-number-done"));
    expect(screen.getByTestId("queue-number-done").getAttribute("aria-pressed")).toBe("true");
    await shows("queue-none", "Nothing is kept");
    await user.click(screen.getByTestId("queue-tab-sends"));
    expect(screen.getByTestId("queue-number-done").getAttribute("aria-pressed")).toBe("false");
  });

  it("say nothing of what is not there", async () => {
    await open({ jobs: { ...NONE, failed: [job("1")] }, figures: { nextDue: -10 } });
    expect(tile("active")).toBe("Active0");
    expect(tile("delayed")).toBe("Delayed0next is due now");
  });
});

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

  it("is asked about as many as there are, also where fewer were looked at", async () => {
    const ids = Array.from({ length: 7_000 }, (_, n) => `${n}`);
    const choose = vi.fn(async () => ids);
    const retry = vi.fn(async () => ({ moved: 7_000, of: 7_000 }));
    const failed = { count: 5_000, firstAt: 1, lastAt: 2 };
    const groups = [{ reason: "no account …", example: "no account 1", ...failed }];
    const { user } = await open(
      { news: { reasons: { groups, lookedAt: 5_000 } }, figures: { failed: 7_400 } },
      { choose, retry },
    );
    const button = within(screen.getAllByTestId("queue-reason")[0] as HTMLElement).getByTestId(
      "queue-retry-reason",
    );
    expect(button.textContent).toBe("Retry all");
    await user.click(button);
    await shows("queue-ask", "Retry 7,000 jobs?");
    expect(choose).toHaveBeenCalledWith("failed", { which: "reason", reason: "no account …" });
    await user.click(screen.getByTestId("queue-confirm"));
    await waitFor(() => expect(retry).toHaveBeenCalledWith({ which: "some", ids }));
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

describe("the menu of a job", () => {
  const menu = () => screen.queryByRole("menu");

  it("offers with the other mouse button what the job offers when it is open", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.pointer({ keys: "[MouseRight]", target: rows()[1] as HTMLElement });
    expect(await screen.findByRole("menu", { name: "Job 4" })).toBeTruthy();
    const lines = screen.getAllByRole("menuitem").map((line) => line.textContent);
    expect(lines).toEqual(["Open", "Retry", "Discard…", "Show in Traffic"]);
    expect(rows()[1]?.dataset.chosen, "it says of which").toBe("true");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-discard-menu"));
    expect(menu()).toBeNull();
    await shows("queue-ask", "Discard 1 job?");
  });

  it("opens the job, and goes with a click elsewhere", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.pointer({ keys: "[MouseRight]", target: rows()[0] as HTMLElement });
    await user.click(await screen.findByTestId("queue-open-menu"));
    await shows("queue-job-reason", "27017");
    await user.pointer({ keys: "[MouseRight]", target: rows()[2] as HTMLElement });
    expect(menu()).toBeTruthy();
    await user.click(rows()[1] as HTMLElement);
    expect(menu()).toBeNull();
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

describe("sends that failed", () => {
  const refused = "It has been too long since they wrote. (error 10/2534022)";
  const three = [
    send(3, "Instagram did not answer", { uncertain: true, contact: "maya.bakes", error: null }),
    send(2, refused),
    send(1, refused, { deliveryId: null }),
  ];
  const sends = () => screen.getAllByTestId("queue-send");

  it("are grouped by why, and say for whom they were and what they say", async () => {
    const { user } = await open({ sends: three });
    await user.click(screen.getByTestId("queue-tab-sends"));
    expect(screen.getByTestId("queue-tab-sends").textContent).toContain("Failed sends 3");
    await waitFor(() => expect(sends()).toHaveLength(3));
    const reasons = screen.getAllByTestId("queue-send-reason");
    expect(reasons[0]?.textContent).toContain("2It has been too long");
    expect(reasons[1]?.textContent).toContain("may have arrived");
    expect(await violations()).toEqual([]);
    await user.click(within(reasons[0] as HTMLElement).getByText(refused));
    await waitFor(() => expect(sends()).toHaveLength(2));
    await user.click(screen.getByTestId("queue-all-send-reasons"));
    await waitFor(() => expect(sends()).toHaveLength(3));

    await user.click(sends()[1] as HTMLElement);
    expect(screen.getByTestId("queue-send-error").textContent).toBe(refused);
    expect(screen.getByTestId("queue-send-code").textContent).toBe("10/2534022");
    expect(screen.getByTestId("queue-send-text").textContent).toBe("Here is the menu");
    expect(screen.getByTestId("queue-send-detail").textContent).toContain("Buttons: Open it");
    expect(screen.queryByTestId("queue-send-uncertain")).toBeNull();
    expect(await violations()).toEqual([]);
    screen.getByTestId("queue-sends").focus();
    await user.keyboard("{ArrowUp}");
    await screen.findByTestId("queue-send-uncertain");
    expect(screen.getByTestId("queue-send-detail").textContent).toContain("To maya.bakes");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("queue-send-detail")).toBeNull();
  });

  it("lead to the conversation", async () => {
    const { user } = await open({ sends: three });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    await user.click(sends()[2] as HTMLElement);
    expect(screen.queryByTestId("queue-send-traffic"), "there is no journal").toBeNull();
    await user.click(screen.getByTestId("queue-send-conversation"));
    await waitFor(() => expect(screen.queryByTestId("queue-sends")).toBeNull());
  });

  it("are forgotten by their kind, after a question that says what it does", async () => {
    const { user, host } = await open({ sends: three });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await user.click((await screen.findAllByTestId("queue-forget-reason"))[0] as HTMLElement);
    await shows("queue-ask", "Forget 2 failed sends?");
    expect(screen.getByTestId("queue-ask").textContent).toContain("Nothing is sent");
    await user.click(screen.getByTestId("queue-save"));
    await shows("queue-saved", "2 failed sends saved to /downloads/failed-sends.json");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "2 failed sends forgotten.");
    await shows("queue-tab-sends", "Failed sends 1");
    await waitFor(() => expect(sends()).toHaveLength(1));
    expect((await host.queue.sends(null, 0, 10)).total).toBe(1);
    await user.click(sends()[0] as HTMLElement);
    await user.click(screen.getByTestId("queue-forget"));
    await shows("queue-ask", "Forget 1 failed send?");
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("queue-none", "has been sent");
    expect(screen.queryByTestId("queue-send-detail")).toBeNull();
  });

  it("are sent again after saying who gets what, and what may come twice", async () => {
    const { user, host } = await open({ sends: three });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    await user.click(screen.getByTestId("queue-again-all"));
    await shows("queue-ask", "Send 3 failed sends again?");
    await shows("again-who", "maya.bakes");
    await shows("again-may_arrive_twice", "1 of them may have arrived already");
    await shows("queue-ask", "behind what waits for the same person");
    expect(screen.queryByTestId("again-nobody")).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByText(texts.queue.cancel));
    expect(screen.queryByTestId("queue-ask")).toBeNull();

    await user.click(screen.getAllByTestId("queue-again-reason")[0] as HTMLElement);
    await shows("queue-ask", "Send 2 failed sends again?");
    await shows("queue-ask", `Failed with: ${refused}`);
    expect(screen.queryByTestId("again-may_arrive_twice")).toBeNull();
    await user.click(screen.getByTestId("queue-confirm"));
    await shows("notice", "2 failed sends go out again.");
    await shows("queue-tab-sends", "Failed sends 1");
    expect((await host.queue.sends(null, 0, 10)).total).toBe(1);
  });

  it("are not asked about once another profile is in front", async () => {
    let answer: (question: SendAgainQuestion) => void = () => undefined;
    const askAgain = () => new Promise<SendAgainQuestion>((resolve) => (answer = resolve));
    const memory = queueInMemory({ sends: three });
    const { user, stores } = await open({ sends: three }, { askAgain });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    await user.click(sends()[0] as HTMLElement);
    await user.click(screen.getByTestId("queue-send-again"));
    act(() => stores.session.setState({ connection: { ...OFFLINE, profile: "Shop" } }));
    expect(screen.queryByTestId("queue-send-detail")).toBeNull();
    const asked = await memory.askAgain({ which: "all" });
    await act(async () => answer(asked));
    expect(sendsOf(stores.session.getState().host).getState().again).toBeNull();
  });

  it("say what is left out, and when nobody is there who sends them", async () => {
    const { user } = await open({
      sends: three,
      again: {
        leftOut: [
          { why: "too_late", count: 2 },
          { why: "unsubscribed", count: 1 },
        ],
        senders: 0,
        onlyHere: false,
      },
    });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    await user.click(screen.getByTestId("queue-again-all"));
    await shows("again-too_late", "2 stay in this list: the time");
    await shows("again-unsubscribed", "1 stays in this list: the person has unsubscribed.");
    await shows("again-nobody", "No worker is running now.");
    expect(await violations()).toEqual([]);
  });

  it("are not sent again where all of it is too late", async () => {
    const { user } = await open({
      sends: three,
      again: { ids: [], rows: [], doubts: [], leftOut: [{ why: "too_late", count: 3 }] },
    });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    await user.click(screen.getByTestId("queue-again-all"));
    await shows("queue-ask", "Nothing here can be sent again");
    expect(screen.queryByTestId("queue-confirm")).toBeNull();
  });

  it("have a menu behind the menu's keys, which goes back to the list", async () => {
    const { user } = await open({ sends: three });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    const list = screen.getByTestId("queue-sends");
    list.focus();
    await user.keyboard("{Shift>}{F10}{/Shift}");
    expect(screen.queryByRole("menu"), "no row is chosen").toBeNull();
    await user.keyboard("{ArrowDown}{Shift>}{F10}{/Shift}");
    expect(await screen.findByRole("menu", { name: "To maya.bakes" })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(list);
    await user.keyboard("{ContextMenu}{ArrowDown}{ArrowDown}{Enter}");
    await shows("queue-ask", "Send 1 failed send again?");
    await shows("again-may_arrive_twice", "It may have arrived already");
  });

  it("are only looked at while the profile observes", async () => {
    const { user } = await open({ sends: three, news: { level: "observe", workers: [] } });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await waitFor(() => expect(sends()).toHaveLength(3));
    const forget = screen.getByTestId<HTMLButtonElement>("queue-forget-all");
    expect(forget.disabled).toBe(true);
    expect(forget.title).toContain("Arm live");
    expect(screen.getByTestId<HTMLButtonElement>("queue-again-all").disabled).toBe(true);
    await user.pointer({ keys: "[MouseRight]", target: sends()[0] as HTMLElement });
    const again = await screen.findByTestId<HTMLButtonElement>("queue-send-again-menu");
    expect(again.disabled).toBe(true);
  });

  it("say when they cannot be looked at", async () => {
    const trouble = "Redis cannot be reached.";
    const { user } = await open({
      news: { sends: { count: 0, groups: [], lookedAt: 0, trouble } },
    });
    await user.click(screen.getByTestId("queue-tab-sends"));
    await shows("queue-sends-trouble", trouble);
  });
});

describe("who works on it", () => {
  it("says the versions", async () => {
    const worker = { name: "heliograph/0.1.0", address: "10.0.0.7:1", connectedFor: 9 };
    const { user } = await open({
      figures: { openedBy: "BullMQ 6.7.0" },
      news: {
        workers: [{ ...worker, program: "Heliograph 0.1.0", library: "redis-rs 1.8.1" }],
      },
    });
    await user.click(screen.getByTestId("queue-workers"));
    await shows("queue-worker-list", "Heliograph 0.1.0");
    await shows("queue-opened-by", "BullMQ 6.7.0");
    expect(await violations()).toEqual([]);
  });
});
