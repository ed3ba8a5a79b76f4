/** What Queue needs from the outside: how it stands, its jobs, and moving them on purpose. */

import type {
  JobChoice,
  JobId,
  JobPage,
  JobsDiscarded,
  JobsIn,
  JobsMoved,
  OpenedJob,
  QueueNews,
  WrittenJobs,
} from "./bindings";

export interface QueueHost {
  /** Tells how the queue stands, now and once a second, until the answer is called. */
  watch(onNews: (news: QueueNews) => void): () => void;
  /** Jobs in a state, a page at a time; of those that failed, on request those of one reason. */
  jobs(state: JobsIn, reason: string | null, skip: number, most: number): Promise<JobPage>;
  job(id: JobId): Promise<OpenedJob>;
  /** Puts failed jobs back to be handed out, as if they had never been tried. */
  retry(choice: JobChoice): Promise<JobsMoved>;
  /** Hands delayed jobs out at once. */
  promote(choice: JobChoice): Promise<JobsMoved>;
  /** Which jobs in a state a choice is now; at most a hundred thousand. */
  choose(from: JobsIn, choice: JobChoice): Promise<JobId[]>;
  /** Writes jobs, whole, as JSON into the person's downloads. */
  write(ids: JobId[]): Promise<WrittenJobs>;
  /** Removes jobs that failed, are delayed or wait; they are kept until something else is
   * discarded. */
  discard(from: JobsIn, choice: JobChoice): Promise<JobsDiscarded>;
  /** Puts back what was discarded last. */
  restore(): Promise<JobsMoved>;
  pause(): Promise<void>;
  /** `merging` puts what a client of BullMQ 5 put aside in front of what came since. */
  resume(merging: boolean): Promise<void>;
}
