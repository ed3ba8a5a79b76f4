import { expect, it } from "vitest";
import type { JobPage, JobsIn, QueueHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { queueInMemory } from "@/host/memory/queue";
import { createQueue } from "./store";

/** A queue that is far away: each page comes when it is told to. */
function farAway() {
  const queue = queueInMemory();
  const waiting: (() => Promise<void>)[] = [];
  const jobs: QueueHost["jobs"] = (state, reason, skip, most) =>
    new Promise<JobPage>((resolve) => {
      waiting.push(async () => resolve(await queue.jobs(state, reason, skip, most)));
    });
  const store = createQueue({ ...recordingHost({ at: 4 }), queue: { ...queue, jobs } });
  const comes = async (which: number) => {
    await waiting[which]?.();
    await Promise.resolve();
  };
  const shown = (): JobsIn | undefined => store.getState().page?.state;
  return { store, comes, shown, asked: () => waiting.length };
}

it("shows a page although the next question was asked before its answer came", async () => {
  const { store, comes, shown } = farAway();
  store.getState().show("waiting");
  store.getState().turn(0);
  await comes(0);
  expect(shown()).toBe("waiting");
});

it("shows no answer to another question, and none after a later one", async () => {
  const { store, comes, shown, asked } = farAway();
  store.getState().show("failed");
  store.getState().show("waiting");
  await comes(0);
  expect(shown()).toBeUndefined();
  store.getState().turn(0);
  expect(asked()).toBe(3);
  await comes(2);
  const latest = store.getState().page;
  expect(latest?.state).toBe("waiting");
  await comes(1);
  expect(store.getState().page).toBe(latest);
});
