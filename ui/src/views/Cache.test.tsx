// @vitest-environment jsdom
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import { type CacheHost, type Host, HostError } from "@/host";
import { recordingHost } from "@/host/memory";
import { cacheInMemory, news, STATE } from "@/host/memory/cache";
import { createStores } from "./stores";
import { Window } from "./Window";

async function open(change: Partial<CacheHost> = {}) {
  const cache = { ...cacheInMemory(), ...change };
  const host: Host = { ...recordingHost({ at: 4 }), cache };
  const { stores, builder } = createStores(host);
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  await screen.findByTestId("composer");
  const user = userEvent.setup({ delay: null });
  await user.keyboard("{Alt>}5{/Alt}");
  // The screen is loaded when it is first asked for.
  await screen.findByTestId("cache-table", undefined, { timeout: 10_000 });
  return { user, cache };
}

const keys = () => screen.getAllByTestId("cache-key");
const listed = async (number: number) => waitFor(() => expect(keys()).toHaveLength(number));
const violations = async () => {
  const { violations: found } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};

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
      watch: (span, onNews) => {
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
      watch: (span, onNews) => {
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
