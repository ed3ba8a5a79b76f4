/** What Queue needs from the outside: how it stands, its jobs, moving them on purpose, and the
 * sends that failed for good. */

import type {
  JobChoice,
  JobId,
  JobPage,
  JobsDiscarded,
  JobsIn,
  JobsMoved,
  OpenedJob,
  OutboxId,
  QueueNews,
  SendAgainQuestion,
  SendChoice,
  SendPage,
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
  /** Sends that failed for good, a page at a time, the latest first; on request those of one
   * reason. */
  sends(reason: string | null, skip: number, most: number): Promise<SendPage>;
  /** Which of the failed sends a choice is now. */
  chooseSends(choice: SendChoice): Promise<OutboxId[]>;
  /** Writes failed sends, whole, as JSON into the person's downloads. */
  writeSends(ids: OutboxId[]): Promise<WrittenJobs>;
  /** Takes failed sends off the list. Nothing is sent. */
  forgetSends(ids: OutboxId[]): Promise<JobsMoved>;
  /** What sending failed sends again would do; nothing is changed. */
  askAgain(choice: SendChoice): Promise<SendAgainQuestion>;
  /** Puts failed sends back into the outbox, for whoever sends. */
  sendAgain(ids: OutboxId[]): Promise<JobsMoved>;
  pause(): Promise<void>;
  /** `merging` puts what a client of BullMQ 5 put aside in front of what came since. */
  resume(merging: boolean): Promise<void>;
}
