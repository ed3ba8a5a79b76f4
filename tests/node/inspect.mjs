// Looks at a queue as a Node application sees it: {redis, queue, prefix?, library?,
// states?: ["completed", …], most?, ids?: [id, …]}. Prints {counts, paused, version,
// workers}, then {job, state} for each job of those states and ids.
import { args, openQueue, say, shown } from './common.mjs';

const { queue, close } = openQueue();
say({
  counts: await queue.getJobCounts(),
  paused: await queue.isPaused(),
  version: await queue.getVersion(),
  workers: (await queue.getWorkers()).map((worker) => worker.rawname ?? worker.name),
});
for (const state of args.states ?? []) {
  for (const job of await queue.getJobs([state], 0, (args.most ?? 100_000) - 1)) {
    say({ job: shown(job), state });
  }
}
for (const id of args.ids ?? []) {
  const job = await queue.getJob(id);
  say(job ? { job: shown(job), state: await job.getState() } : { job: null, id });
}
await close();
