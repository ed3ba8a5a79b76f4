// A worker: {redis, queue, prefix?, library?, name?, concurrency?, lockDuration?,
// stalledInterval?, maxStalledCount?, work?, fail?, quiet?}. `work` is what it does with a
// job: `finish` (the default, with the return value {by: "node", id}), `fail` (throws the
// text in `fail`, `times` times for each job where that is given), `hold` (never ends).
// Prints {ready}, {took}, {completed}, {failed, reason, attemptsMade}, {stalled}; it runs
// until it gets SIGTERM or is killed.
import { args, bullmq, connect, say, shown } from './common.mjs';

const failures = new Map();

async function process_(job) {
  if (!args.quiet) say({ took: shown(job) });
  switch (args.work ?? 'finish') {
    case 'finish':
      return { by: 'node', id: job.id };
    case 'fail': {
      const sofar = failures.get(job.id) ?? 0;
      failures.set(job.id, sofar + 1);
      if (sofar < (args.times ?? Number.POSITIVE_INFINITY)) throw new Error(args.fail ?? 'no');
      return { by: 'node', id: job.id };
    }
    case 'hold':
      return new Promise(() => {});
    default:
      throw new Error(`no work is called ${args.work}`);
  }
}

const connection = connect();
const worker = new bullmq.Worker(args.queue, process_, {
  connection,
  autorun: false,
  prefix: args.prefix ?? 'bull',
  name: args.name,
  concurrency: args.concurrency ?? 1,
  lockDuration: args.lockDuration ?? 30_000,
  stalledInterval: args.stalledInterval ?? 30_000,
  maxStalledCount: args.maxStalledCount ?? 1,
});
worker.on('completed', (job) => say({ completed: job.id }));
worker.on('failed', (job, error) =>
  say({ failed: job?.id, reason: error.message, attemptsMade: job?.attemptsMade }),
);
worker.on('stalled', (id) => say({ stalled: id }));
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
say({ ready: true, pid: process.pid });
worker.run();

process.on('SIGTERM', async () => {
  await worker.close(true);
  await connection.quit();
  process.exit(0);
});
