// Uses the cache as a Node application does: {redis, read?: [key, …], write?: [{key, value,
// ttl}], remove?: [key, …], publish?: [{channel, message}]}, in this order. Values are
// JSON, times to live are seconds. Prints {key, value, ttl} for each key that is read
// (null where it is not there), and in the end {written, removed, heard}.
import { args, connect, say } from './common.mjs';

const redis = connect();
for (const key of args.read ?? []) {
  const [value, ttl] = await Promise.all([redis.get(key), redis.ttl(key)]);
  say({ key, value: value === null ? null : JSON.parse(value), ttl });
}
let written = 0;
for (const { key, value, ttl } of args.write ?? []) {
  if ((await redis.set(key, JSON.stringify(value), 'EX', ttl)) === 'OK') written += 1;
}
let removed = 0;
for (const key of args.remove ?? []) removed += await redis.del(key);
let heard = 0;
for (const { channel, message } of args.publish ?? []) {
  heard += await redis.publish(channel, message);
}
say({ written, removed, heard });
await redis.quit();
