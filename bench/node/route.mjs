// The route of the Node system: checks the signature over the raw body, adds the job, and
// answers when Redis has it. No framework stands in between.
//
//   node route.mjs --redis URL --queue NAME --secret SECRET
//
// It says on standard output where it listens.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import { options, queueConnection } from './src/connections.mjs';
import { NAME, OPTIONS, data } from './src/job.mjs';

const PATH = '/api/webhooks/instagram';

const chosen = options({
  secret: { type: 'string', default: process.env.HELIOGRAPH_APP_SECRET ?? '' },
  port: { type: 'string', default: '0' },
});
const connection = queueConnection(chosen.redis);
const queue = new Queue(chosen.queue, { connection });

const server = createServer((request, response) => {
  if (request.method !== 'POST' || request.url !== PATH) return answer(response, 404);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    if (!isSigned(body, request.headers['x-hub-signature-256'])) return answer(response, 401);
    try {
      await queue.add(NAME, data(JSON.parse(body.toString('utf8'))), OPTIONS);
      answer(response, 200);
    } catch (error) {
      console.error(error.message);
      answer(response, 500);
    }
  });
});
server.listen(Number(chosen.port), '127.0.0.1', () => {
  const listening = `http://127.0.0.1:${server.address().port}${PATH}`;
  console.log(JSON.stringify({ listening }));
});
process.once('SIGTERM', async () => {
  server.closeAllConnections();
  server.close();
  await queue.close();
  connection.disconnect();
});

function isSigned(body, header) {
  const expected = Buffer.from(
    `sha256=${createHmac('sha256', chosen.secret).update(body).digest('hex')}`,
  );
  const given = Buffer.from(header ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function answer(response, status) {
  response.writeHead(status, { 'content-length': 0 });
  response.end();
}
