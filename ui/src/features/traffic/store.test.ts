import { expect, it, vi } from "vitest";
import type { RowResult, TrafficNews } from "@/host";
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

it("keeps what it was told when the answer to what was asked before comes late", async () => {
  const traffic = trafficInMemory();
  const early = await traffic.look({ filter: "", at: null, count: 60 });
  const late = await traffic.look({ filter: "", at: null, count: 60 });
  const store = createTraffic({ ...recordingHost({ at: 4 }), traffic });
  store.getState().told(late);
  store.getState().told(early);
  expect(store.getState().news).toBe(late);
});
