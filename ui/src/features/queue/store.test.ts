import { expect, it, vi } from "vitest";
import type { JobPage, JobsIn, QueueHost, QueueNews, SendPage } from "@/host";
import { recordingHost } from "@/host/memory";
import { queueInMemory, send } from "@/host/memory/queue";
import { createSends } from "./sends/store";
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

it("keeps nothing of a profile that is not in front any more, nor takes its answers", async () => {
  const { store, comes, shown } = farAway();
  const state = store.getState;
  state().show("waiting");
  await comes(0);
  await state().open("8");
  state().mark("8");
  state().ask({ ask: "pause" });
  state().turn(0);
  expect(state().opened).not.toBeNull();
  state().anotherFront();
  await comes(1);
  const none = { news: null, page: null, chosen: null, opened: null, question: null };
  expect(state()).toMatchObject({ ...none, tab: "waiting" });
  expect(state().marked.size).toBe(0);
  state().turn(0);
  await comes(2);
  expect(shown()).toBe("waiting");
});

it("keeps no failed sends of a profile that is not in front any more", async () => {
  const queue = queueInMemory({ sends: [send(1, "no"), send(2, "no")] });
  const pages: ((page: SendPage) => void)[] = [];
  const sends = vi.fn(queue.sends);
  const store = createSends({ ...recordingHost({ at: 4 }), queue: { ...queue, sends } });
  const state = store.getState;
  let news: QueueNews | null = null;
  queue.watch((told) => {
    news = told;
  })();
  state().told(news as unknown as QueueNews);
  await vi.waitFor(() => expect(state().page?.rows).toHaveLength(2));
  state().open(2);
  state().ask({ ids: [2] });
  state().askAgain({ question: await queue.askAgain({ which: "all" }) });
  sends.mockImplementationOnce(() => new Promise((resolve) => pages.push(resolve)));
  state().turn(0);
  state().anotherFront();
  pages[0]?.({ skip: 0, total: 1, rows: [send(7, "of the profile before")] });
  await Promise.resolve();
  const none = { page: null, chosen: null, opened: null, forgetting: null, again: null };
  expect(state()).toMatchObject(none);
  state().told(news as unknown as QueueNews);
  await vi.waitFor(() => expect(state().page?.rows).toHaveLength(2));
});
