// Adds jobs: {redis, queue, prefix?, library?, name, data, opts?, count?, from?} or
// {…, jobs: [{name, data, opts?}]}. `{n}` in `data` and `opts` is the job's number.
// Prints {added, ids?, ms}; the ids only of fewer than 10,000.
import { args, numbered, openQueue, say } from './common.mjs';

const BATCH = 500;

const { queue, close } = openQueue();
const start = performance.now();
const ids = [];
const jobs = args.jobs ?? null;
const from = args.from ?? 0;
const count = jobs ? jobs.length : (args.count ?? 1);
for (let done = 0; done < count; done += BATCH) {
  const batch = [];
  for (let at = done; at < Math.min(done + BATCH, count); at += 1) {
    const job = jobs ? jobs[at] : { name: args.name, data: args.data, opts: args.opts };
    batch.push({
      name: job.name,
      data: numbered(job.data, from + at),
      opts: numbered(job.opts ?? {}, from + at),
    });
  }
  for (const job of await queue.addBulk(batch)) ids.push(job.id);
}
const line = { added: ids.length, ms: performance.now() - start };
if (ids.length < 10_000) line.ids = ids;
say(line);
await close();
