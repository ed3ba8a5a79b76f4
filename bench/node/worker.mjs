// The worker of the Node system: takes webhooks from BullMQ, thirty at a time.
//
//   node worker.mjs --redis URL --mongo URL --database NAME --queue NAME --graph URL
//
// --until-empty ends it when the queue is drained, and prints figures as JSON.
// --no-op takes jobs and does nothing with them: what the queue itself can do.

import { Queue, Worker } from 'bullmq';
import { Cache } from './src/cache.mjs';
import { cacheConnection, documents, options, queueConnection } from './src/connections.mjs';
import { eventsOf } from './src/events.mjs';
import { Handler } from './src/handle.mjs';
import { Instagram } from './src/instagram.mjs';

/** How often it is looked whether other workers are done as well, in milliseconds. */
const LOOK_EVERY = 10;

const chosen = options({
  graph: { type: 'string', default: 'http://127.0.0.1:8080' },
  concurrency: { type: 'string', default: '30' },
  'until-empty': { type: 'boolean', default: false },
  'no-op': { type: 'boolean', default: false },
});

const figures = { jobs: 0, events: 0, sent: 0, failures: 0 };
const connection = queueConnection(chosen.redis);
const queue = new Queue(chosen.queue, { connection });
const system = chosen['no-op'] ? noOp() : await start();
const worker = new Worker(chosen.queue, system.process, {
  connection,
  concurrency: Number(chosen.concurrency),
});
worker.on('completed', () => (figures.jobs += 1));
worker.on('failed', (job, error) => {
  figures.failures += 1;
  console.error(`job ${job?.id}: ${error.stack}`);
});
worker.on('error', (error) => console.error(error.message));
if (chosen['until-empty']) worker.once('drained', endWhenEmpty);
process.once('SIGTERM', end);

async function start() {
  const stored = await documents(chosen.mongo, chosen.database);
  const redis = cacheConnection(chosen.redis);
  const instagram = new Instagram(chosen.graph);
  const handler = new Handler({ cache: new Cache(redis, stored), documents: stored, instagram });
  return {
    async process({ data }) {
      for (const event of eventsOf(data.webhook)) {
        await handler.handle(event);
        figures.events += 1;
      }
    },
    async close() {
      figures.sent = instagram.sent;
      await Promise.all([stored.client.close(), redis.quit(), instagram.close()]);
    },
  };
}

function noOp() {
  return { async process() {}, async close() {} };
}

async function endWhenEmpty() {
  const { wait, active, delayed } = await queue.getJobCounts('wait', 'active', 'delayed');
  if (wait + active + delayed === 0) await end();
  else setTimeout(endWhenEmpty, LOOK_EVERY);
}

async function end() {
  await worker.close();
  await queue.close();
  await system.close();
  connection.disconnect();
  console.log(JSON.stringify(figures));
}
