// @vitest-environment jsdom
import { screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import { queueOf } from "@/features/queue/context";
import { trafficOf } from "@/features/traffic/context";
import type { FoundTraffic, TrafficHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { row } from "@/host/memory/traffic";
import { openWindow } from "./inTests";

async function open() {
  const opened = await openWindow(recordingHost({ at: 0 }));
  await opened.user.keyboard("{Control>}k{/Control}");
  await screen.findByTestId("palette-dialog");
  return opened;
}

it("leads to an automation by a few letters and Enter", async () => {
  const { user, stores, builder } = await open();
  await user.keyboard("men{Enter}");
  await waitFor(() => expect(builder.editing.getState().draft?.id).toBe("menu"));
  expect(stores.navigation.getState().screen).toBe("builder");
  expect(screen.queryByTestId("palette-dialog")).toBeNull();
});

it("finds a person by a part of the name, and what to do by its words", async () => {
  const { user, stores } = await open();
  await user.keyboard("tom");
  await user.click(await screen.findByText("Talk as Tom"));
  await waitFor(() => expect(stores.looking.getState().person).toBe("900000000000012"));
  await user.keyboard("{Control>}k{/Control}dark theme{Enter}");
  await waitFor(() => expect(stores.session.getState().settings.theme).toBe("dark"));
});

it("finds a contact whom the window does not hold, and opens the conversation", async () => {
  const { user, stores } = await open();
  await user.keyboard("okafor");
  await user.click(await screen.findByText(/Show the conversation of Leo Okafor/));
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("conversations"));
  expect(
    (await screen.findByTestId("person-name", undefined, { timeout: 10_000 })).textContent,
  ).toBe("Leo Okafor");
});

it("does what the live screens do, where it is seen what comes of it", async () => {
  const { user, stores } = await open();
  // At once, not letter by letter, each of which draws the list.
  const call = async (what: string) => {
    await user.paste(what);
    await user.keyboard("{Enter}");
  };
  await call("pause the queue");
  await screen.findByTestId("queue-ask", undefined, { timeout: 10_000 });
  await user.click(screen.getByTestId("queue-confirm"));
  await screen.findByTestId("queue-paused");
  await user.keyboard("{Control>}k{/Control}");
  await call("resume the queue");
  await waitFor(() => expect(screen.queryByTestId("queue-paused")).toBeNull());
  await user.keyboard("{Control>}k{/Control}");
  await call("retry all failed");
  await waitFor(() =>
    expect(screen.getByTestId("queue-ask").textContent).toContain("Retry 3 jobs?"),
  );
  await user.keyboard("{Escape}");

  await user.keyboard("{Control>}k{/Control}");
  await call("invalidate user");
  await screen.findByTestId("cache-ask", undefined, { timeout: 10_000 });
  expect(stores.navigation.getState().screen).toBe("cache");
  await user.keyboard("{Escape}");
  await user.keyboard("{Control>}k{/Control}");
  await call("find a conversation");
  await waitFor(
    () => expect(document.activeElement?.getAttribute("data-testid")).toBe("people-search"),
    { timeout: 10_000 },
  );
  await user.keyboard("{Control>}k{/Control}");
  await call("requests refused");
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
  expect(((await screen.findByTestId("traffic-filter")) as HTMLInputElement).value).toBe(
    "result:refused",
  );
});

/** Opens the palette before a journal that answers like this. */
async function before(change: Partial<TrafficHost>) {
  const host = recordingHost({ at: 0 });
  const opened = await openWindow({ ...host, traffic: { ...host.traffic, ...change } });
  await opened.user.keyboard("{Control>}k{/Control}");
  return opened;
}

const NOTHING: FoundTraffic = { rows: [], next: null, lookedAt: 200, reached: null };

it("asks the index for an id, and goes through the journal only where that has none", async () => {
  const found = { ...NOTHING, rows: [row(1, { deliveryId: 7, text: "an old one" })] };
  const find = vi.fn(async () => found);
  const search = vi.fn(async () => NOTHING);
  const { user } = await before({ find, search });
  await user.keyboard("m_000017");
  await screen.findByText("Show delivery 7 in Traffic: “an old one”");
  expect(find).toHaveBeenCalledWith('text:"m_000017"');
  expect(search).not.toHaveBeenCalled();
});

it("goes on through the journal until the id is found, and says so meanwhile", async () => {
  const pages: ((page: FoundTraffic) => void)[] = [];
  const search = vi.fn(
    (_filter: string, _before: number | null) =>
      new Promise<FoundTraffic>((resolve) => pages.push(resolve)),
  );
  const { user } = await before({ find: async () => NOTHING, search });
  const says = () => screen.getByTestId("palette-says").textContent;
  const asked = (times: number) => waitFor(() => expect(search).toHaveBeenCalledTimes(times));
  await user.keyboard("m_000017");
  await asked(1);
  expect(says()).toBe("Searching…");
  pages[0]?.({ ...NOTHING, next: 900 });
  await asked(2);
  expect(search.mock.calls[1]).toEqual(['text:"m_000017"', 900]);
  expect(says()).toBe("Searching…");
  pages[1]?.({ ...NOTHING, rows: [row(1, { deliveryId: 7, text: "an old one" })], next: 3 });
  await screen.findByText("Show delivery 7 in Traffic: “an old one”");
  expect(says()).toBe("");
  expect(search).toHaveBeenCalledTimes(2);

  // Another text ends it, and so does the end of the journal.
  await user.keyboard("8");
  await asked(3);
  await user.keyboard("9");
  await asked(4);
  pages[2]?.({ ...NOTHING, next: 900 });
  pages[3]?.(NOTHING);
  await waitFor(() => expect(says()).toBe("Nothing is called that."));
  expect(search).toHaveBeenCalledTimes(4);

  // So does closing the palette.
  await user.keyboard("1");
  await asked(5);
  await user.click(screen.getByTestId("palette-dialog"));
  expect(screen.queryByTestId("palette-dialog")).toBeNull();
  pages[4]?.({ ...NOTHING, next: 900 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(search).toHaveBeenCalledTimes(5);
});

it("finds a delivery by the id of its message", async () => {
  const { user, stores } = await open();
  await user.keyboard("m_000017");
  await user.click((await screen.findAllByText(/Show delivery \d+ in Traffic/))[0] as HTMLElement);
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
});

it("moves with arrows, says when nothing is found, and closes with Escape", async () => {
  const { user } = await open();
  const input = screen.getByTestId("palette-input");
  const first = input.getAttribute("aria-activedescendant");
  await user.keyboard("{ArrowDown}");
  expect(input.getAttribute("aria-activedescendant")).not.toBe(first);
  await user.keyboard("zzzzzz");
  expect(await screen.findByText("Nothing is called that.")).toBeTruthy();
});

it("has no accessibility fault", async () => {
  await open();
  const { violations } = await axe.run(screen.getByTestId("palette-dialog"), {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

it("finds an automation of the connected profile, and leads to what it has done", async () => {
  const host = recordingHost({ at: 0 });
  const asked: string[] = [];
  const found = { id: "a-77", type: "dm_automation", workspace: "Bakery" } as const;
  const connections = {
    ...host.connections,
    findAutomations: async (text: string) => {
      asked.push(text);
      return [
        { ...found, name: "Zebra price", isActive: false },
        { ...found, id: "a-78", name: 'The "zebra" list', isActive: true },
      ];
    },
  };
  const { user, stores } = await openWindow({ ...host, connections });
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("zebra");
  expect(
    await screen.findByText("Show in Traffic what “Zebra price” does (Bakery, off)"),
  ).toBeTruthy();
  await user.click(screen.getByText('Show in Traffic what “The "zebra" list” does (Bakery)'));
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
  const field = await screen.findByTestId<HTMLInputElement>("traffic-filter", undefined, {
    timeout: 10_000,
  });
  expect(field.value, "a name with quotes is found by its id").toBe("automation:a-78");
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("zebra");
  await user.click(await screen.findByText(/what “Zebra price” does/));
  await waitFor(() => expect(field.value).toBe('automation:"Zebra price"'));
  expect(new Set(asked)).toEqual(new Set(["zebra"]));
});

it("asks about the jobs that were there, and retries none that came since", async () => {
  const host = recordingHost({ at: 0 });
  let failed = ["3", "4"];
  const retry = vi.fn(async () => ({ moved: 2, of: 2 }));
  const queue = { ...host.queue, choose: async () => failed, retry };
  const { user } = await openWindow({ ...host, queue });
  await user.keyboard("{Control>}k{/Control}");
  await user.paste("retry all failed");
  await user.keyboard("{Enter}");
  await screen.findByText("Retry 2 jobs?", undefined, { timeout: 10_000 });
  failed = ["3", "4", "5"];
  await user.click(screen.getByTestId("queue-confirm"));
  await waitFor(() => expect(retry).toHaveBeenCalledWith({ which: "some", ids: ["3", "4"] }));
});

it("leads to the tabs of Queue, a scan, the contacts as a file and a Traffic without a filter", async () => {
  const host = recordingHost({ at: 0 });
  const exportPeople = vi.fn(host.conversations.exportPeople);
  const scan = vi.fn(host.cache.scan);
  const { user, stores } = await openWindow({
    ...host,
    conversations: { ...host.conversations, exportPeople },
    cache: { ...host.cache, scan },
  });
  const own = stores.session.getState().host;
  const call = async (what: string) => {
    await user.keyboard("{Control>}k{/Control}");
    await user.paste(what);
    await user.keyboard("{Enter}");
  };
  const queue = () => queueOf(own).getState();
  await call("failed sends");
  await waitFor(() => expect(queue().sends).toBe(true));
  await screen.findByTestId("queue-tab-sends", undefined, { timeout: 10_000 });
  await call("queue: active");
  await waitFor(() => expect(queue()).toMatchObject({ tab: "active", sends: false }));
  await call("queue: completed");
  await waitFor(() =>
    expect(screen.getByTestId("notice").textContent).toContain("Nothing is kept"),
  );
  expect(queue().tab).toBe("active");

  await call("export all contacts");
  await waitFor(() => expect(exportPeople).toHaveBeenCalledTimes(1));
  expect(exportPeople.mock.calls[0]?.[0]).toMatchObject({ list: "contacts", text: "" });
  await call("scan the cache");
  await waitFor(() => expect(scan).toHaveBeenCalledTimes(1));
  expect(stores.navigation.getState().screen).toBe("cache");

  await user.keyboard("{Alt>}3{/Alt}");
  const field = await screen.findByTestId<HTMLInputElement>("traffic-filter", undefined, {
    timeout: 10_000,
  });
  await user.type(field, "kinds:comment");
  await screen.findByText(/There is no field/);
  await call("clear the filter of traffic");
  await waitFor(() => expect(field.value).toBe(""));
  await waitFor(() => expect(screen.queryByText(/There is no field/)).toBeNull());
  expect(trafficOf(own).getState().applied).toBe("");
});
