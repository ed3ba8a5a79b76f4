// @vitest-environment jsdom
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import {
  type FoundTraffic,
  type FrontFigures,
  HostError,
  type ListenerStatus,
  type SendingProgress,
  type SentAll,
  type TrafficHost,
  type TrafficLook,
  type TrafficNews,
} from "@/host";
import { recordingHost } from "@/host/memory";
import { OFFLINE } from "@/host/memory/connections";
import { replay, row, trafficInMemory } from "@/host/memory/traffic";
import { openScreen, violations } from "./inTests";

async function open(change: Partial<TrafficHost> = {}, listener: Partial<ListenerStatus> = {}) {
  const traffic = { ...trafficInMemory(), ...change };
  const host = { ...recordingHost({ at: 4, listener }), traffic };
  return openScreen(host, 3, "traffic-filter");
}

const rows = () => screen.getAllByTestId("traffic-row");

const COUNTED = {
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

const FRONT: FrontFigures = {
  profile: "Shop",
  whose: { of: "nobody" },
  deliveries: 0,
  events: 0,
  sent: 0,
  failed: 0,
  isDryRun: false,
  queueWaiting: 3,
  queueDead: 0,
  cache: { workspace: COUNTED, automations: COUNTED, userState: COUNTED, contact: COUNTED },
};

describe("a profile whose deliveries others handle", () => {
  it("has none here, and the way leads to its queue", async () => {
    const all = await trafficInMemory().look({ filter: "", at: null, count: 60 });
    const none: TrafficNews = { ...all, first: 0, end: 0, rows: [] };
    const { user, stores } = await open({
      watch: (onNews) => {
        onNews(none);
        return () => undefined;
      },
      look: async () => none,
    });
    await screen.findByTestId("traffic-empty");
    expect((screen.getByTestId("traffic-replay-all") as HTMLButtonElement).disabled).toBe(true);
    act(() => stores.session.setState({ front: FRONT }));
    expect(screen.getByTestId("traffic-elsewhere").textContent).toContain("Shop");
    expect(await violations()).toEqual([]);
    await user.click(within(screen.getByTestId("traffic-elsewhere")).getByRole("button"));
    expect(stores.navigation.getState().screen).toBe("queue");
  });

  it("is not said to have sent what a dry run keeps back", async () => {
    const { stores } = await open();
    await waitFor(() => expect(screen.getByTestId("traffic-sent").textContent).toBe("1 sent"));
    act(() =>
      stores.session.setState({ front: { ...FRONT, whose: { of: "window" }, isDryRun: true } }),
    );
    expect(screen.getByTestId("traffic-sent").textContent).toBe("1 not sent (dry run)");
  });
});

describe("the list", () => {
  it("shows what came in with what became of it, and exact counts", async () => {
    await open();
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(within(rows()[1] as HTMLElement).getByText("@ana.example")).toBeTruthy();
    expect(within(rows()[1] as HTMLElement).getByText("Failed")).toBeTruthy();
    expect(screen.getByTestId("traffic-deliveries").textContent).toBe("3 deliveries");
    expect(await violations()).toEqual([]);
  });

  it("is filtered by what is typed, and says what cannot be read", async () => {
    const { user } = await open();
    const filter = screen.getByTestId("traffic-filter");
    await user.type(filter, "kind:comment");
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.clear(filter);
    await user.type(filter, "kinds:x");
    expect((await screen.findByTestId("traffic-filter-problem")).textContent).toContain("kinds");
    expect(filter.getAttribute("aria-invalid")).toBe("true");
    await user.click(screen.getByTestId("traffic-filter-clear"));
    await waitFor(() => expect(rows()).toHaveLength(4));
  });

  it("that stands still looks at where another filter's rows stand, not at what goes on", async () => {
    const looks: TrafficLook[] = [];
    const { look } = trafficInMemory();
    const { user } = await open({
      look: async (at) => {
        looks.push(at);
        return look(at);
      },
    });
    await user.click(screen.getByTestId("traffic-pause"));
    await user.type(screen.getByTestId("traffic-filter"), "kind:comment");
    await waitFor(() => expect(rows()).toHaveLength(1));
    await waitFor(() => expect(looks.at(-1)?.at).toBe(0));
    expect(looks.at(-1)?.filter).toBe("kind:comment");
  });

  it("completes what is begun", async () => {
    const { user } = await open();
    const filter = screen.getByTestId("traffic-filter") as HTMLInputElement;
    await user.type(filter, "ki");
    await screen.findByTestId("completion-kind:");
    expect(await violations()).toEqual([]);
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(filter.value).toBe("kind:"));
  });

  it("keeps a filter under a name", async () => {
    const { user } = await open();
    await user.type(screen.getByTestId("traffic-filter"), "result:failed");
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.click(screen.getByTestId("traffic-saved"));
    await user.type(await screen.findByTestId("traffic-save-name"), "Trouble");
    await user.click(screen.getByTestId("traffic-save-filter"));
    await screen.findByTestId("saved-Trouble");
    await user.keyboard("{Escape}");
    await user.click(screen.getByTestId("traffic-filter-clear"));
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(screen.getByTestId("traffic-saved"));
    await user.click(await screen.findByTestId("saved-Trouble"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.click(screen.getByTestId("traffic-saved"));
    await user.click(await screen.findByTestId("forget-Trouble"));
    await waitFor(() => expect(screen.queryByTestId("saved-Trouble")).toBeNull());
    expect(screen.getByTestId("notice").textContent).toContain("“Trouble” is forgotten");
    await user.click(screen.getByTestId("notice-action"));
    await user.click(screen.getByTestId("traffic-saved"));
    expect((await screen.findByTestId("saved-Trouble")).textContent).toContain("result:failed");
    expect(screen.queryByTestId("notice")).toBeNull();
    // What has its name by then stays.
    await user.click(screen.getByTestId("forget-Trouble"));
    await user.type(screen.getByTestId("traffic-save-name"), "Trouble");
    await user.click(screen.getByTestId("traffic-save-filter"));
    await screen.findByTestId("saved-Trouble");
    await user.click(screen.getByTestId("notice-action"));
    expect((await screen.findByTestId("notice")).textContent).toContain("was not put back");
  });

  it("stops where it is touched and says how many are new", async () => {
    let tell: (news: TrafficNews) => void = () => undefined;
    const memory = trafficInMemory();
    const { user } = await open({
      watch: (onNews) => {
        tell = onNews;
        return memory.watch(onNews);
      },
    });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(screen.getByTestId("traffic-list"));
    await user.keyboard("{ArrowUp}");
    const before = await memory.look({ filter: "", at: null, count: 60 });
    tell({ ...before, end: before.end + 137 });
    expect((await screen.findByTestId("traffic-fresh")).textContent).toBe("137 new");
    await user.click(screen.getByTestId("traffic-fresh"));
    expect(screen.queryByTestId("traffic-fresh")).toBeNull();
  });

  it("teaches while nothing has arrived", async () => {
    await open(trafficInMemory([]));
    expect((await screen.findByTestId("traffic-empty")).textContent).toContain("as it arrives");
    expect(await violations()).toEqual([]);
  });

  it("searches on by itself, says how far it is, and stops when it is told to", async () => {
    const going: ((page: FoundTraffic) => void)[] = [];
    const search = vi.fn<TrafficHost["search"]>(
      () => new Promise((resolve) => going.push(resolve)),
    );
    const page = (deliveryId: number): FoundTraffic => ({
      rows: [row(0, { deliveryId, text: `found ${deliveryId}` })],
      next: deliveryId,
      lookedAt: 4_000,
      reached: 1_790_000_000_000 - deliveryId,
    });
    const { user } = await open({ search });
    await user.click(await screen.findByTestId("traffic-search"));
    await waitFor(() => expect(going).toHaveLength(1));
    await act(async () => going[0]?.(page(90)));
    // It goes on before the one that was reached, and shows what there is.
    await waitFor(() => expect(search).toHaveBeenLastCalledWith("", 90));
    expect(screen.getByTestId("traffic-looked").textContent).toContain("4,000 looked at");
    expect(screen.getByTestId("traffic-looked").textContent).toContain("back to");
    expect(rows()).toHaveLength(1);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-search-stop"));
    await act(async () => going[1]?.(page(80)));
    expect(search).toHaveBeenCalledTimes(2);
    expect(rows()).toHaveLength(2);
    expect(screen.getByTestId("traffic-journal").textContent).toContain("2 rows found");
    await user.click(screen.getByTestId("traffic-search-more"));
    await waitFor(() => expect(search).toHaveBeenLastCalledWith("", 80));
    // What comes after somebody went back to what is live is not shown.
    await user.click(screen.getByTestId("traffic-live"));
    await act(async () => going[2]?.(page(70)));
    expect(screen.queryByTestId("traffic-journal")).toBeNull();
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(search).toHaveBeenCalledTimes(3);
  });

  it("says where a search broke off, with what it had found, and tries again", async () => {
    const search = vi
      .fn<TrafficHost["search"]>()
      .mockResolvedValueOnce({ rows: [row(0)], next: 90, lookedAt: 200, reached: null })
      .mockRejectedValueOnce(new HostError({ code: "unavailable", message: "It is busy." }))
      .mockResolvedValueOnce({ rows: [], next: null, lookedAt: 90, reached: null });
    const { user } = await open({ search });
    await user.click(await screen.findByTestId("traffic-search"));
    expect((await screen.findByTestId("traffic-search-failure")).textContent).toContain(
      "It is busy.",
    );
    expect(rows()).toHaveLength(1);
    expect(await violations()).toEqual([]);
    const again = screen.getByTestId("traffic-search-more");
    expect(again.textContent).toBe("Try again");
    await user.click(again);
    await waitFor(() => expect(search).toHaveBeenLastCalledWith("", 90));
    await waitFor(() => expect(screen.queryByTestId("traffic-search-failure")).toBeNull());
    expect(screen.getByTestId("traffic-journal").textContent).toContain("before these");
  });

  it("searches the journal and comes back", async () => {
    const { user } = await open();
    await user.click(await screen.findByTestId("traffic-search"));
    await waitFor(() =>
      expect(screen.getByTestId("traffic-journal").textContent).toContain("4 rows found"),
    );
    await user.click(screen.getByTestId("traffic-live"));
    expect(screen.queryByTestId("traffic-journal")).toBeNull();
  });
});

describe("a delivery", () => {
  it("opens with Enter and shows every side of itself", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(screen.getByTestId("traffic-list"));
    await user.keyboard("{ArrowUp}{ArrowUp}{ArrowUp}{ArrowUp}{ArrowUp}{Enter}");
    expect((await screen.findByTestId("traffic-story")).textContent).toContain("“Menu” started");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-tab-raw"));
    expect(screen.getByTestId("traffic-signature").textContent).toBe("Signature holds");
    expect(screen.getByText("facebookplatform/1.0")).toBeTruthy();
    expect(screen.getByTestId("traffic-body").textContent).toContain('"text": "The menu, please"');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-tab-waterfall"));
    expect(screen.getByTestId("traffic-waterfall").children).toHaveLength(3);
    for (const tab of ["trace", "cache", "sends"]) {
      await user.click(screen.getByTestId(`traffic-tab-${tab}`));
    }
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-close"));
    expect(screen.queryByTestId("traffic-side")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("traffic-list"));
  });

  it("that was refused says why and cannot be replayed", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[3] as HTMLElement);
    expect((await screen.findByTestId("traffic-story")).textContent).toContain("refused");
    // It never reached what the other tabs are about.
    expect(screen.getByTestId("traffic-tab-raw")).toBeTruthy();
    expect(screen.queryByTestId("traffic-tab-sends")).toBeNull();
    expect(screen.queryByTestId("traffic-replay")).toBeNull();
  });

  it("that is gone says so and can be asked for again", async () => {
    const { user } = await open({
      open: async () => {
        throw new HostError({ code: "not_found", message: "Delivery 1 is not there any more." });
      },
    });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    expect(await screen.findByText(/not there any more/)).toBeTruthy();
  });

  it("is saved as a fixture under a name", async () => {
    const saveFixture = vi.fn(async (name: string) => ({ name, path: `/data/${name}.json` }));
    const { user } = await open({ saveFixture });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-more"));
    await user.click(await screen.findByTestId("traffic-save-fixture"));
    await user.type(await screen.findByTestId("traffic-save-as"), "first{Enter}");
    await waitFor(() => expect(saveFixture).toHaveBeenCalledOnce());
    expect((await screen.findByTestId("notice")).textContent).toContain("/data/first.json");
  });
});

describe("a refused request", () => {
  const RUNNING = {
    state: "running",
    address: "http://127.0.0.1:8787/api/webhooks/instagram",
  } as const;
  const withBody: TrafficHost["open"] = async (delivery, refused) => ({
    ...(await trafficInMemory().open(delivery, refused)),
    body: '{"object":"instagram","entry":[]}',
  });

  it("is sent signed to this window's listener, with a word of warning", async () => {
    const send = vi.fn(trafficInMemory().send);
    const { user } = await open({ send, open: withBody }, RUNNING);
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[3] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-sign"));
    expect(screen.getByTestId("compose-untrusted").textContent).toContain("Anybody");
    expect(await violations()).toEqual([]);
    await waitFor(() =>
      expect((screen.getByTestId("compose-send") as HTMLButtonElement).disabled).toBe(false),
    );
    await user.click(screen.getByTestId("compose-send"));
    await waitFor(() => expect(send).toHaveBeenCalled());
    expect(send.mock.calls[0]?.[0]).toMatchObject({
      freshness: "as_it_was",
      target: { to: "url", secret: null },
    });
  });

  it("is found by a search, and opened by what it is", async () => {
    const opening = vi.fn(withBody);
    const { user } = await open({ open: opening });
    await user.type(screen.getByTestId("traffic-filter"), "result:refused");
    await user.click(await screen.findByTestId("traffic-search"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    await user.click(rows()[0] as HTMLElement);
    await screen.findByTestId("traffic-sign");
    expect(opening).toHaveBeenCalledWith(null, 1_790_000_004_000_000);
  });
});

describe("sending", () => {
  it("replays byte for byte what was not touched, and compares", async () => {
    const memory = trafficInMemory();
    const send = vi.fn(memory.send);
    const { user } = await open({ send });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-replay"));
    await user.click(await screen.findByTestId("compose-as_it_was"));
    await waitFor(() =>
      expect(screen.getByTestId("compose-send")).toHaveProperty("disabled", false),
    );
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("compose-send"));
    expect((await screen.findByTestId("compose-verdict")).textContent).toContain("Not the same");
    expect(screen.getAllByTestId("compared")).toHaveLength(2);
    expect(send).toHaveBeenCalledWith({
      deliveryId: 1,
      body: null,
      freshness: "as_it_was",
      target: { to: "engine" },
    });
    expect(await violations()).toEqual([]);
  });

  it("composes from a template, checks the JSON, and posts to an address", async () => {
    const memory = trafficInMemory();
    const send = vi.fn(memory.send);
    const { user } = await open({ send });
    await user.click(screen.getByTestId("traffic-compose-open"));
    await screen.findByText("A direct message");
    await user.selectOptions(screen.getByTestId("compose-template"), "dm_text.plain");
    expect((await screen.findByText("Becomes 1 × Direct message")).textContent).toBeTruthy();
    const body = screen.getByTestId("compose-body");
    await user.clear(body);
    await user.type(body, "nul");
    expect((await screen.findByTestId("compose-json-problem")).textContent).toContain("Line 1");
    expect(screen.getByTestId("compose-send")).toHaveProperty("disabled", true);
    await user.clear(body);
    await user.type(body, "[[]");
    await user.click(screen.getByTestId("compose-to-url"));
    await user.type(screen.getByTestId("compose-url"), "http://127.0.0.1:3000/");
    await user.type(screen.getByTestId("compose-secret"), "s");
    expect(await violations()).toEqual([]);
  });

  it("says where it leads: to this machine only while offline, to real people while live", async () => {
    const { user, stores } = await open();
    await user.click(screen.getByTestId("traffic-compose-open"));
    await user.click(await screen.findByTestId("compose-to-url"));
    expect(screen.getByText(/This profile is offline/)).toBeTruthy();
    act(() =>
      stores.session.setState({ connection: { ...OFFLINE, profile: "Shop", level: "live" } }),
    );
    expect(screen.queryByText(/This profile is offline/)).toBeNull();
    expect(screen.queryByTestId("compose-live")).toBeNull();
    await user.click(screen.getByTestId("compose-to-engine"));
    expect(screen.getByTestId("compose-live").textContent).toContain("Shop is live");
  });

  it("says before an observed profile, and before a worker elsewhere, what to expect", async () => {
    const { user, stores } = await open();
    const connect = (change: object) =>
      act(() =>
        stores.session.setState({ connection: { ...OFFLINE, profile: "Shop", ...change } }),
      );
    await user.click(screen.getByTestId("traffic-compose-open"));
    await user.click(await screen.findByTestId("compose-to-url"));
    connect({ level: "observe", worksHere: false });
    expect(screen.getByText(/at observe: addresses of this machine only/)).toBeTruthy();
    connect({ level: "live", worksHere: false });
    await user.click(screen.getByTestId("compose-to-engine"));
    expect(screen.getByTestId("compose-not-here").textContent).toContain("where its workers tell");
    connect({ level: "live", worksHere: true });
    expect(screen.queryByTestId("compose-not-here")).toBeNull();
  });

  it("shows what another server answered beside what was answered first", async () => {
    const { user } = await open({
      send: async () =>
        replay({
          original: 1,
          answered: { status: 500, phrase: "Internal Server Error", body: "oh no", micros: 42_000 },
          firstAnswer: { status: 200, body: "fine", micros: 1_200 },
        }),
    });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-replay"));
    await user.click(await screen.findByTestId("compose-to-url"));
    await user.type(screen.getByTestId("compose-url"), "http://127.0.0.1:3000/");
    await waitFor(() =>
      expect(screen.getByTestId("compose-send")).toHaveProperty("disabled", false),
    );
    await user.click(screen.getByTestId("compose-send"));
    const cells = within(await screen.findByTestId("compose-answers")).getAllByRole("cell");
    expect(cells.map((cell) => cell.textContent)).toEqual([
      "200",
      "500",
      "1.2 ms",
      "42 ms",
      "fine",
      "oh no",
    ]);
    expect(await violations()).toEqual([]);
  });

  it("copies as curl what would be sent, and says that its listener stands still", async () => {
    const curl = vi.fn(async () => ({ line: "curl", isRunning: false }));
    const { user } = await open({ curl });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-curl"));
    expect(curl).toHaveBeenLastCalledWith(expect.any(String), "as_it_was", null, null);
    expect((await screen.findByTestId("notice")).textContent).toContain("Start it before");
    await user.click(await screen.findByTestId("traffic-replay"));
    await waitFor(() =>
      expect(screen.getByTestId("compose-curl")).toHaveProperty("disabled", false),
    );
    await user.click(screen.getByTestId("compose-curl"));
    expect(curl).toHaveBeenLastCalledWith(expect.any(String), "as_new", null, null);
    // The listener's own address is not one that was typed.
    await user.click(screen.getByTestId("compose-to-url"));
    expect(screen.getByTestId("compose-curl")).toHaveProperty("disabled", true);
    await user.type(screen.getByTestId("compose-url"), "http://127.0.0.1:3000/");
    await user.click(screen.getByTestId("compose-curl"));
    expect(curl).toHaveBeenLastCalledWith(
      expect.any(String),
      "as_new",
      "http://127.0.0.1:3000/",
      null,
    );
  });

  it("says when a scenario leads to something else by itself", async () => {
    const saveScenario = async () => ({ name: "a.yaml", path: "/data/a.yaml", passes: false });
    const { user } = await open({ saveScenario });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-more"));
    await user.click(await screen.findByTestId("traffic-save-scenario"));
    await user.type(await screen.findByTestId("traffic-save-as"), "first{Enter}");
    const notice = await screen.findByTestId("notice");
    expect(notice.textContent).toContain("does not lead to the same");
    expect(notice.textContent).toContain("/data/a.yaml");
  });

  it("replays everything that the filter shows", async () => {
    const memory = trafficInMemory([row(1), row(2)]);
    const sendAll = vi.fn(memory.sendAll);
    const { user } = await open({ ...memory, sendAll });
    await user.click(screen.getByTestId("traffic-replay-all"));
    await user.click(await screen.findByTestId("many-send"));
    expect((await screen.findByTestId("many-outcome")).textContent).toContain(
      "2 deliveries were sent again",
    );
    expect(sendAll.mock.calls[0]?.[0]).toHaveLength(2);
    expect(await violations()).toEqual([]);
  });

  it("replays what a search found and shows, not what is live", async () => {
    const memory = trafficInMemory();
    const sendAll = vi.fn(memory.sendAll);
    const search = async () => ({
      rows: [row(0, { deliveryId: 7 }), row(0, { deliveryId: 5 }), row(0, { deliveryId: null })],
      next: null,
      lookedAt: 3,
      reached: null,
    });
    const { user } = await open({ sendAll, search });
    await user.click(await screen.findByTestId("traffic-search"));
    await waitFor(() => expect(screen.getByTestId("traffic-journal")).toBeTruthy());
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(screen.getByTestId("traffic-replay-all"));
    await user.click(await screen.findByTestId("many-send"));
    await screen.findByTestId("many-outcome");
    expect(sendAll.mock.calls[0]?.[0].map((one) => one.deliveryId)).toEqual([5, 7]);
  });

  it("tells how far many are, goes on while another is looked at, and is cancelled", async () => {
    let tell: (progress: SendingProgress) => void = () => undefined;
    let end: (sent: SentAll) => void = () => undefined;
    const stopSending = vi.fn(async () => undefined);
    const { user } = await open({
      stopSending,
      sendAll: (_sendings, onProgress) => {
        tell = onProgress;
        return new Promise((resolve) => {
          end = resolve;
        });
      },
    });
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(screen.getByTestId("traffic-replay-all"));
    await user.click(await screen.findByTestId("many-send"));
    act(() => tell({ done: 1, of: 3 }));
    expect(screen.getByTestId("many-progress").textContent).toContain("1 of 3");
    expect(await violations()).toEqual([]);
    await user.click(rows()[0] as HTMLElement);
    await screen.findByTestId("traffic-story");
    expect(screen.getByTestId("traffic-replay-all").textContent).toContain("1 of 3");
    await user.click(screen.getByTestId("traffic-replay-all"));
    await user.click(await screen.findByTestId("many-cancel"));
    expect(stopSending).toHaveBeenCalledOnce();
    expect(screen.getByTestId("many-cancel")).toHaveProperty("disabled", true);
    const kept = replay({ original: 1, deliveryId: 9, notCompared: "handled_elsewhere" });
    act(() => end({ replayed: [kept], ended: "stopped" }));
    expect((await screen.findByTestId("many-ended")).textContent).toBe("Cancelled after 1 of 3.");
    expect(screen.getByTestId("many-outcome").textContent).toContain("1 not compared");
    expect(await violations()).toEqual([]);
  });
});

describe("what came too fast to be listed", () => {
  it("is found by search only where a journal has it", async () => {
    const all = await trafficInMemory().look({ filter: "", at: null, count: 60 });
    let tell: (news: TrafficNews) => void = () => undefined;
    await open({
      watch: (onNews) => {
        tell = onNews;
        onNews(all);
        return () => undefined;
      },
    });
    const counted = (missed: number, lost: number) =>
      act(() =>
        tell({ ...all, number: 99 + missed + lost, counts: { ...all.counts, missed, lost } }),
      );
    counted(3, 0);
    expect(screen.getByTestId("traffic-figures").textContent).toContain("search finds them");
    counted(0, 4);
    expect(screen.getByTestId("traffic-figures").textContent).not.toContain("search finds them");
    expect(screen.getByTestId("traffic-lost").textContent).toBe("4 came too fast to be listed");
    expect(screen.getByTestId("traffic-lost").title).toContain("keeps no journal");
  });
});
