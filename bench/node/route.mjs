// The route of the Node system, on Express as such systems are: checks the signature over
// the raw body, adds the job, and answers when Redis has it.
//
//   node route.mjs --redis URL --queue NAME --secret SECRET
//
// It says on standard output where it listens. --bare does the same without a framework:
// the most that Node can do.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Queue } from 'bullmq';
import express from 'express';
import { options, queueConnection } from './src/connections.mjs';
import { NAME, OPTIONS, data } from './src/job.mjs';

const PATH = '/api/webhooks/instagram';

const chosen = options({
  secret: { type: 'string', default: process.env.HELIOGRAPH_APP_SECRET ?? '' },
  port: { type: 'string', default: '0' },
  bare: { type: 'boolean', default: false },
});
const connection = queueConnection(chosen.redis);
const queue = new Queue(chosen.queue, { connection });

const server = createServer(chosen.bare ? bare : onExpress());
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

function onExpress() {
  const app = express();
  app.disable('x-powered-by');
  // The signature is of the body as it came, so it is checked before that is taken apart.
  const verify = (request, _response, body) => {
    if (!isSigned(body, request.get('x-hub-signature-256'))) {
      throw Object.assign(new Error('not signed by Meta'), { status: 401 });
    }
  };
  app.post(PATH, express.json({ verify, limit: '1mb' }), async (request, response) => {
    await queue.add(NAME, data(request.body), OPTIONS);
    response.sendStatus(200);
  });
  app.use((error, _request, response, _next) => {
    const status = error.status ?? 500;
    if (status === 500) console.error(error.message);
    response.sendStatus(status);
  });
  return app;
}

function bare(request, response) {
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
}

function answer(response, status) {
  response.writeHead(status, { 'content-length': 0 });
  response.end();
}
