import { describe, expect, it, vi } from "vitest";
import type { FoundTraffic, RowResult, TrafficHost, TrafficNews } from "@/host";
import { recordingHost } from "@/host/memory";
import { row, trafficInMemory } from "@/host/memory/traffic";
import { chosenOf, createTraffic } from "./store";

it("reads what is open again when something became of it, and only then", async () => {
  const traffic = trafficInMemory();
  const open = vi.fn(traffic.open);
  const store = createTraffic({ ...recordingHost({ at: 4 }), traffic: { ...traffic, open } });
  const all = await traffic.look({ filter: "", at: null, count: 60 });
  const told = (first: RowResult, second: RowResult) => {
    const rows = [row(1, { result: first }), row(2, { result: second })];
    const news: TrafficNews = { ...all, rows };
    store.getState().told(news);
  };
  told("waiting", "waiting");
  await store.getState().open(chosenOf(row(1, { result: "waiting" })));
  const before = store.getState().opened;
  expect(open).toHaveBeenCalledTimes(1);

  told("waiting", "sent");
  expect(open).toHaveBeenCalledTimes(1);
  told("removed", "sent");
  expect(open).toHaveBeenCalledTimes(2);
  await vi.waitFor(() => expect(store.getState().opened).not.toBe(before));
  told("removed", "failed");
  store.getState().close();
  told("waiting", "failed");
  expect(open).toHaveBeenCalledTimes(2);
});

it("applies a filter although the list scrolls before the answer comes", async () => {
  const traffic = trafficInMemory();
  const all = await traffic.look({ filter: "", at: null, count: 60 });
  const store = createTraffic({ ...recordingHost({ at: 4 }), traffic });
  store.getState().told(all);
  store.getState().pause();
  const typed = ["kind:c", "kind:comment"].map((filter) => store.getState().apply(filter));
  await store.getState().look(3, 40);
  await Promise.all(typed);
  const comments = await traffic.look({ filter: "kind:comment", at: null, count: 60 });
  expect(comments.end).not.toBe(all.end);
  expect(store.getState().applied).toBe("kind:comment");
  expect(store.getState().news?.end).toBe(comments.end);
});

it("looks through the filter before where the new one cannot be read", async () => {
  const traffic = trafficInMemory();
  const refuses = (filter: string) => filter === "kind:";
  const look = vi.fn<TrafficHost["look"]>(async (at) => {
    if (refuses(at.filter)) throw new Error("what kind?");
    return traffic.look(at);
  });
  const store = createTraffic({ ...recordingHost({ at: 4 }), traffic: { ...traffic, look } });
  await store.getState().apply("kind:comment");
  await store.getState().apply("kind:");
  await store.getState().look(0, 40);
  expect(look.mock.lastCall?.[0].filter).toBe("kind:comment");
  expect(store.getState().applied).toBe("kind:comment");
});

it("keeps what it was told when the answer to what was asked before comes late", async () => {
  const traffic = trafficInMemory();
  const early = await traffic.look({ filter: "", at: null, count: 60 });
  const late = await traffic.look({ filter: "", at: null, count: 60 });
  const store = createTraffic({ ...recordingHost({ at: 4 }), traffic });
  store.getState().told(late);
  store.getState().told(early);
  expect(store.getState().news).toBe(late);
});

describe("a search further back", () => {
  const page = (deliveryId: number, next: number | null = deliveryId): FoundTraffic => ({
    rows: [row(0, { deliveryId })],
    next,
    lookedAt: 200,
    reached: null,
  });

  function searching(search: TrafficHost["search"]) {
    const traffic = { ...trafficInMemory(), search };
    return createTraffic({ ...recordingHost({ at: 4 }), traffic }).getState;
  }

  it("keeps what it found when a step fails, and goes on from there", async () => {
    const search = vi
      .fn<TrafficHost["search"]>()
      .mockResolvedValueOnce(page(90))
      .mockRejectedValueOnce(new Error("The journal is busy."))
      .mockResolvedValueOnce(page(80, null));
    const state = searching(search);
    await state().search(false);
    expect(state().found?.rows).toHaveLength(1);
    expect(state()).toMatchObject({ searching: false, failure: null });
    expect(state().searchFailure?.message).toContain("busy");
    await state().search(true);
    expect(search).toHaveBeenLastCalledWith("", 90);
    expect(state().found?.rows.map(({ deliveryId }) => deliveryId)).toEqual([90, 80]);
    expect(state().searchFailure).toBeNull();
  });

  it("ends when another profile comes in front, and nothing of it stays", async () => {
    const going: ((page: FoundTraffic) => void)[] = [];
    const search = vi.fn<TrafficHost["search"]>(
      () => new Promise((resolve) => going.push(resolve)),
    );
    const state = searching(search);
    const ended = state().search(false);
    going[0]?.(page(90));
    await vi.waitFor(() => expect(search).toHaveBeenCalledTimes(2));
    state().anotherFront();
    expect(state()).toMatchObject({ found: null, searching: false });
    going[1]?.(page(80));
    await ended;
    expect(search).toHaveBeenCalledTimes(2);
    expect(state().found).toBeNull();
  });

  it("found nothing that stands in the journal of an engine that has begun anew", async () => {
    const state = searching(async () => page(90, null));
    const news = await trafficInMemory().look({ filter: "", at: null, count: 60 });
    state().told(news);
    await state().search(false);
    state().told({ ...news, number: news.number + 1 });
    expect(state().found?.rows).toHaveLength(1);
    const counts = { ...news.counts, deliveries: 0 };
    state().told({ ...news, number: news.number + 2, view: news.view + 1, counts });
    expect(state().found).toBeNull();
  });
});

it("closes what is of the profile before, and keeps what somebody writes", async () => {
  const traffic = trafficInMemory();
  const state = createTraffic({ ...recordingHost({ at: 4 }), traffic }).getState;
  state().told(await traffic.look({ filter: "", at: null, count: 60 }));
  await state().open(chosenOf(row(1)));
  state().save({ what: "scenario", delivery: 1, body: "{}" });
  state().anotherFront();
  const nothing = { shows: "nothing" };
  expect(state()).toMatchObject({ side: nothing, chosen: null, opened: null, saving: null });
  expect(state().follows).toBe(true);
  state().show({ shows: "many", deliveries: [1, 2] });
  state().anotherFront();
  expect(state().side).toEqual({ shows: "many", deliveries: [] });
  state().show({ shows: "compose" });
  state().anotherFront();
  expect(state().side).toEqual({ shows: "compose" });
});
