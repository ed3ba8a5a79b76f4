// The connections of a process: Redis, MongoDB, and where the command line names them.

import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';

/** The options that every program of this folder knows, and what it adds to them. */
export function options(more = {}) {
  const { values } = parseArgs({
    options: {
      redis: { type: 'string', default: 'redis://127.0.0.1:6379' },
      mongo: { type: 'string', default: 'mongodb://127.0.0.1:27017' },
      database: { type: 'string', default: 'heliograph' },
      queue: { type: 'string', default: 'webhooks' },
      ...more,
    },
  });
  return values;
}

/** A connection for BullMQ, which waits for Redis however long that takes. */
export function queueConnection(url) {
  return new Redis(url, { maxRetriesPerRequest: null });
}

/** A connection for the cache: what is asked in one turn of the event loop goes together. */
export function cacheConnection(url) {
  return new Redis(url, { enableAutoPipelining: true });
}

/** The client, to close it, and the collections. */
export async function documents(url, database) {
  const client = await MongoClient.connect(url, { maxPoolSize: 50 });
  const db = client.db(database);
  return {
    client,
    accounts: db.collection('accounts'),
    automations: db.collection('automations'),
    userStates: db.collection('user_states'),
    contacts: db.collection('contacts'),
    processedEvents: db.collection('processed_events'),
  };
}
