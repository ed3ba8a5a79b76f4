// What the small programs share. Each gets one JSON document as its only argument and
// prints one JSON document a line, so that a test in any language can talk to it.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What the caller wants. */
export const args = JSON.parse(process.argv[2] ?? '{}');

/** Prints one line. */
export function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** BullMQ as the caller wants it: `bullmq` (6, the default) or `bullmq5`. */
export const bullmq = require(args.library ?? 'bullmq');

/** A connection to what `redis` names: one URL, or several of a cluster's nodes. */
export function connect(options = {}) {
  const { Redis, Cluster } = require('ioredis');
  const all = { maxRetriesPerRequest: null, ...options };
  return Array.isArray(args.redis)
    ? new Cluster(args.redis, { redisOptions: all })
    : new Redis(args.redis, all);
}

/** The queue that the caller names. */
export function openQueue() {
  const connection = connect();
  const queue = new bullmq.Queue(args.queue, { connection, prefix: args.prefix ?? 'bull' });
  return {
    queue,
    connection,
    async close() {
      await queue.close();
      await connection.quit();
    },
  };
}

/** A copy of `value` in which `{n}` in every string is the number `n`. */
export function numbered(value, n) {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n));
  if (Array.isArray(value)) return value.map((item) => numbered(item, n));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, n)]));
  }
  return value;
}

/** What a test wants to know of a job. */
export function shown(job) {
  return {
    id: job.id,
    name: job.name,
    data: job.data,
    opts: job.opts,
    timestamp: job.timestamp,
    attemptsMade: job.attemptsMade,
    attemptsStarted: job.attemptsStarted,
    stalledCounter: job.stalledCounter,
    processedBy: job.processedBy,
    returnvalue: job.returnvalue,
    failedReason: job.failedReason,
  };
}
