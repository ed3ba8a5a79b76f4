// Resumes a queue: {redis, queue, prefix?, library?}. Prints {paused: false}.
import { openQueue, say } from './common.mjs';

const { queue, close } = openQueue();
await queue.resume();
say({ paused: await queue.isPaused() });
await close();
