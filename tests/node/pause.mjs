// Pauses a queue: {redis, queue, prefix?, library?}. Prints {paused: true}.
import { openQueue, say } from './common.mjs';

const { queue, close } = openQueue();
await queue.pause();
say({ paused: await queue.isPaused() });
await close();
