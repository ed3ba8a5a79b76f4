// A webhook as a job.

/** The name of the jobs. */
export const NAME = 'webhook';

/** How the jobs are kept and repeated. */
export const OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: 1_000,
  removeOnFail: 5_000,
};

/** What a job carries. */
export function data(webhook) {
  return { webhook, receivedAt: Date.now() };
}
