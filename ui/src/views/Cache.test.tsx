// @vitest-environment jsdom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { type CacheHost, type CacheSource, HostError, type WorkerNow } from "@/host";
import { recordingHost } from "@/host/memory";
import { cacheInMemory, news, STATE } from "@/host/memory/cache";
import { openScreen, violations } from "./inTests";

async function open(change: Partial<CacheHost> = {}) {
  const cache = { ...cacheInMemory(), ...change };
  const { user } = await openScreen({ ...recordingHost({ at: 4 }), cache }, 5, "cache-table");
  return { user, cache };
}

const keys = () => screen.getAllByTestId("cache-key");
const listed = async (number: number) => waitFor(() => expect(keys()).toHaveLength(number));

describe("how the cache is", () => {
  it("shows rates beside their targets, what a miss costs, and why one is under its target", async () => {
    await open();
    const state = await screen.findByTestId("cache-row-user_state");
    expect(state.textContent).toContain("86.6 %");
    expect(state.textContent).toContain("99.0 %");
    expect(state.textContent).toContain("1.8 ms");
    expect(within(state).getByLabelText("Under its target")).toBeTruthy();
    const contact = screen.getByTestId("cache-row-contact");
    expect(contact.textContent).toContain("read fresh");
    const expired = (row: HTMLElement) => row.querySelector("td[data-column=expired] > span");
    expect(expired(state)?.textContent).toBe("40");
    const automations = expired(screen.getByTestId("cache-row-automations"));
    expect(automations?.textContent).toBe("80");
    expect(automations?.getAttribute("title")).toBe("near 60 · shared 20");
    expect(screen.getByRole("columnheader", { name: "Expired" }).title).toContain("only others");
    const alert = screen.getByTestId("cache-alerts").textContent;
    expect(alert).toContain("user state 86.6 % of 99.0 %, likely first reads");
    expect(screen.getByTestId("cache-servers").textContent).toContain("1.3 MB of 33.6 MB");
    await listed(2);
    expect(await violations()).toEqual([]);
  });

  it("is a click away from the status line", async () => {
    const { user } = await open();
    await user.keyboard("{Alt>}3{/Alt}");
    await screen.findByTestId("traffic-filter", undefined, { timeout: 10_000 });
    await user.click(screen.getByTitle("Show the cache figures"));
    await screen.findByTestId("cache-table");
  });

  it("draws another figure, another time, and leaves lines away", async () => {
    const spans: string[] = [];
    const cache = cacheInMemory();
    const { user } = await open({
      watch: (span, _source, onNews) => {
        spans.push(span);
        queueMicrotask(() => onNews(news({ span })));
        return () => undefined;
      },
      keys: cache.keys,
    });
    const chart = screen.getByTestId("cache-chart");
    const lines = () => chart.querySelectorAll("path").length;
    await waitFor(() => expect(lines()).toBe(4));
    await user.click(screen.getByTestId("cache-line-contact"));
    expect(lines()).toBe(3);
    await user.click(screen.getByTestId("cache-chart-time"));
    expect(within(chart).getByRole("img").getAttribute("aria-label")).toContain("9 µs");
    await user.click(screen.getByTestId("cache-span-hour"));
    expect(spans.at(-1)).toBe("hour");
  });
});

describe("workers elsewhere", () => {
  const ADDRESS = "http://10.0.0.5:9464/metrics";
  const worker = (change: Partial<WorkerNow> = {}): WorkerNow => ({
    address: ADDRESS,
    sameAs: null,
    answeredAt: 1_790_000_058_000,
    trouble: null,
    version: "0.1.0",
    startedAt: 1_789_999_000_000,
    restarts: 0,
    rates: (["workspace", "automations", "user_state", "contact"] as const).map((collection) => ({
      collection,
      rate: collection === "user_state" ? 0.9 : null,
      reads: collection === "user_state" ? 1_000 : 0,
      sinceStart: collection === "user_state" ? 0.95 : null,
      readsSinceStart: collection === "user_state" ? 20_000 : 0,
    })),
    ...change,
  });
  const down = worker({
    address: "http://10.0.0.6:9464/metrics",
    trouble: { says: "Nothing listens there.", toDo: "Start the worker." },
    restarts: 1,
  });
  const twin = worker({ address: "http://localhost:9464/metrics", sameAs: ADDRESS });

  async function withWorkers() {
    const asked: (CacheSource | null)[] = [];
    const opened = await open({
      watch: (span, source, onNews) => {
        asked.push(source);
        const shown = source ?? { of: "workers" as const };
        queueMicrotask(() => {
          onNews(news({ span, source: shown, guard: "observe", workers: [worker(), down, twin] }));
        });
        return () => undefined;
      },
    });
    await screen.findByTestId("cache-workers");
    return { ...opened, asked };
  }

  it("are each shown with their rates, or why they are not known", async () => {
    await withWorkers();
    const [up, silent, same] = screen.getAllByTestId("cache-worker");
    expect(same?.textContent).toContain("the same worker as 10.0.0.5:9464, counted once");
    expect(up?.textContent).not.toContain("the same worker");
    expect(screen.getByTestId("cache-source-workers").textContent).toBe("All workers · 2");
    const state = within(up as HTMLElement).getByTestId("cache-worker-user_state");
    expect(state.textContent).toContain("90.0 %");
    expect(state.dataset.below).toBe("true");
    expect(state.title).toContain("1,000 reads in this time");
    expect(state.title).toContain("95.0 % of 20,000 reads since its start");
    expect(within(up as HTMLElement).queryByTestId("cache-worker-contact")).toBeNull();
    expect(silent?.textContent).toContain("Nothing listens there. Start the worker.");
    expect(silent?.textContent).toContain("started again 1 time");
    expect(await violations()).toEqual([]);
  });

  it("are looked at together first, one by one on a click, and this window beside them", async () => {
    const { user, asked } = await withWorkers();
    expect(asked.at(-1)).toBeNull();
    const chosen = (of: string) =>
      screen.getByTestId(`cache-source-${of}`).getAttribute("aria-checked");
    expect(chosen("workers")).toBe("true");
    await user.click(screen.getByRole("button", { name: "10.0.0.5:9464" }));
    await waitFor(() => expect(asked.at(-1)).toEqual({ of: "worker", address: ADDRESS }));
    await waitFor(() => expect(chosen("worker")).toBe("true"));
    await user.click(screen.getByTestId("cache-source-window"));
    await waitFor(() => expect(asked.at(-1)).toEqual({ of: "window" }));
    await user.click(screen.getByTestId("cache-source-workers"));
    await waitFor(() => expect(asked.at(-1)).toEqual({ of: "workers" }));
  });
});

describe("the keys", () => {
  it("are listed, found by a part, and opened with what differs marked", async () => {
    const { user } = await open();
    await listed(2);
    expect(screen.getByText("never expires")).toBeTruthy();
    await user.type(screen.getByTestId("cache-filter"), "00011");
    await listed(1);
    const list = screen.getByTestId("cache-keys");
    list.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    expect((await screen.findByTestId("cache-agreement")).textContent).toContain(
      "Differs from the store · 1 difference",
    );
    const marked = screen.getByTestId("cache-value").querySelector("mark");
    expect(marked?.textContent).toContain("awaiting_email");
    expect(screen.getByTestId("cache-document").textContent).toContain("awaiting_opening_response");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("cache-opened")).toBeNull();
  });

  it("are invalidated after it was asked in words, and leave the list", async () => {
    const { user } = await open();
    await listed(2);
    const list = screen.getByTestId("cache-keys");
    list.focus();
    await user.keyboard("{ArrowDown} {Delete}");
    const ask = await screen.findByTestId("cache-ask");
    expect(within(ask).getByRole("heading").textContent).toBe("Invalidate 1 cached user state?");
    expect(ask.textContent).toContain(STATE);
    await user.click(screen.getByTestId("cache-ask-do"));
    await listed(1);
    expect(screen.getByTestId("notice").textContent).toBe("1 key was removed.");

    await user.click(screen.getByTestId("cache-invalidate-all"));
    expect(within(await screen.findByTestId("cache-ask")).getByRole("heading").textContent).toBe(
      "Invalidate all cached user states?",
    );
    await user.click(screen.getByTestId("cache-ask-do"));
    await screen.findByTestId("cache-empty");
  });

  it("cannot be invalidated at observe, and says why; a refusal is told", async () => {
    const refusal = "Removing from the cache was refused.";
    const invalidate = vi.fn(async () => {
      throw new HostError({ code: "invalid", message: refusal });
    });
    const { user } = await open({
      watch: (span, _source, onNews) => {
        queueMicrotask(() => onNews(news({ span, guard: "observe" })));
        return () => undefined;
      },
      invalidate,
    });
    await listed(2);
    const all = screen.getByTestId<HTMLButtonElement>("cache-invalidate-all");
    expect(all.disabled).toBe(true);
    expect(all.title).toContain("Arm live");
    await user.click(keys()[0] as HTMLElement);
    expect((await screen.findByTestId<HTMLButtonElement>("cache-invalidate")).disabled).toBe(true);
    expect(invalidate).not.toHaveBeenCalled();
  });

  it("take the Space key for the one whose box was clicked", async () => {
    const { user } = await open();
    await listed(2);
    screen.getByTestId("cache-keys").focus();
    await user.keyboard("{ArrowDown}");
    const box = within(keys()[1] as HTMLElement).getByRole<HTMLInputElement>("checkbox");
    await user.click(box);
    expect(box.checked).toBe(true);
    await user.keyboard(" ");
    expect(box.checked).toBe(false);
    expect(keys()[0]?.getAttribute("aria-selected")).toBe("false");
  });

  it("say when one went meanwhile", async () => {
    const { user } = await open({
      open: async (key) => {
        throw new HostError({ code: "not_found", message: `${key} is not in the cache any more.` });
      },
    });
    await listed(2);
    await user.click(keys()[0] as HTMLElement);
    expect((await screen.findByTestId("cache-open-failure")).textContent).toContain("any more");
  });
});

describe("a scan", () => {
  it("reports what should not be there before anything is removed", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("cache-panel-scan"));
    await user.click(screen.getByTestId("cache-scan-begin"));
    await listed(2);
    expect(screen.getByTestId("cache-scan-state").textContent).toContain("looked through");
    expect(screen.getByTestId("cache-scan-counts").textContent).toContain("824 B");
    expect(screen.getByText("differs")).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("cache-select-all"));
    await user.click(screen.getByTestId("cache-invalidate-selected"));
    await user.click(await screen.findByTestId("cache-ask-do"));
    await screen.findByTestId("cache-scan-clean");
  });

  it("leaves the slowest reads to open", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("cache-panel-slow"));
    expect((await screen.findByTestId("cache-slow")).textContent).toContain("4.2 ms");
    await user.click(screen.getByRole("button", { name: STATE }));
    await screen.findByTestId("cache-agreement");
  });
});
