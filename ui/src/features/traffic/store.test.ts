import { expect, it, vi } from "vitest";
import type { RowResult, TrafficHost, TrafficNews } from "@/host";
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
