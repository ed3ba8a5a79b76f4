// Adds webhooks to the queue, as the route does but many at a time: one webhook a line on
// standard input.
//
//   node enqueue.mjs --redis URL --queue NAME < webhooks.jsonl

import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';
import { options, queueConnection } from './src/connections.mjs';
import { NAME, OPTIONS, data } from './src/job.mjs';

const TOGETHER = 1_000;

const chosen = options();
const connection = queueConnection(chosen.redis);
const queue = new Queue(chosen.queue, { connection });
let jobs = [];
let added = 0;
for await (const line of createInterface({ input: process.stdin })) {
  jobs.push({ name: NAME, data: data(JSON.parse(line)), opts: OPTIONS });
  if (jobs.length === TOGETHER) await add();
}
await add();
await queue.close();
connection.disconnect();
console.log(JSON.stringify({ added }));

async function add() {
  await queue.addBulk(jobs);
  added += jobs.length;
  jobs = [];
}
