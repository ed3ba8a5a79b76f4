/** Moves jobs and says what came of it. */

import { useStores } from "@/features/session/context";
import type { SessionStore } from "@/features/session/session";
import type { JobChoice, JobId, JobsIn, JobsMoved } from "@/host";
import { texts } from "@/texts";
import { queueOf } from "./context";
import { tryingOf } from "./useTrying";

export interface Moving {
  retry(choice: JobChoice): Promise<void>;
  promote(choice: JobChoice): Promise<void>;
  discard(from: JobsIn, choice: JobChoice): Promise<void>;
  /** Asks whether to retry failed jobs, after looking which these are: what is asked about is
   * what is moved, and nothing that came since. */
  askRetry(choice: JobChoice, reason?: string): Promise<void>;
  /** The same for handing out delayed ones, */
  askPromote(choice: JobChoice): Promise<void>;
  /** and for removing jobs. */
  askRemove(from: JobsIn, choice: JobChoice, reason?: string): Promise<void>;
  /** Writes jobs into a file; answers with what to say, or null where it went wrong. */
  save(from: JobsIn, choice: JobChoice): Promise<string | null>;
  restore(): Promise<void>;
  pause(): Promise<void>;
  resume(merging: boolean): Promise<void>;
}

/** Jobs by their ids. */
export const these = (ids: JobId[]): JobChoice => ({ which: "some", ids });

export function useMoving(): Moving {
  return movingOf(useStores().session);
}

/** The same from anywhere, such as the palette. */
export function movingOf(session: SessionStore): Moving {
  const { host, tell } = session.getState();
  const { queue } = host;
  const store = queueOf(host);
  const t = texts.queue;

  const trying = tryingOf(session);
  /** Which jobs a choice is now; null where there are none, with a note, and where they are of
   * a profile that is not in front any more. */
  const looked = async (from: JobsIn, choice: JobChoice, stays: () => boolean) => {
    const ids = await queue.choose(from, choice);
    if (!stays()) return null;
    if (ids.length === 0) tell({ kind: "note", text: t.removeNone });
    return ids.length === 0 ? null : { choice: these(ids), count: ids.length };
  };
  const why = (reason?: string) => (reason === undefined ? {} : { reason });
  const rest = ({ moved, of }: JobsMoved) => (moved < of ? t.someGone(of - moved) : "");
  const restore = () =>
    trying(async () => {
      const moved = await queue.restore();
      tell({ kind: "note", text: t.restored(moved.moved) + rest(moved) });
    });
  return {
    retry: (choice) =>
      trying(async () => {
        const moved = await queue.retry(choice);
        store.getState().unmark();
        tell({ kind: "note", text: t.retried(moved.moved) + rest(moved) });
      }),
    promote: (choice) =>
      trying(async () => {
        const moved = await queue.promote(choice);
        store.getState().unmark();
        tell({ kind: "note", text: t.promoted(moved.moved) + rest(moved) });
      }),
    askRetry: (choice, reason) =>
      trying(async (stays) => {
        const jobs = await looked("failed", choice, stays);
        if (jobs) store.getState().ask({ ask: "retry", ...jobs, ...why(reason) });
      }),
    askPromote: (choice) =>
      trying(async (stays) => {
        const jobs = await looked("delayed", choice, stays);
        if (jobs) store.getState().ask({ ask: "promote", ...jobs });
      }),
    askRemove: (from, choice, reason) =>
      trying(async (stays) => {
        const jobs = await looked(from, choice, stays);
        if (jobs) store.getState().ask({ ask: "discard", from, ...jobs, ...why(reason) });
      }),
    save: async (from, choice) => {
      let said: string | null = null;
      await trying(async () => {
        const ids = choice.which === "some" ? choice.ids : await queue.choose(from, choice);
        const { jobs, path } = await queue.write(ids);
        said = t.saved(jobs, path);
      });
      return said;
    },
    discard: (from, choice) =>
      trying(async () => {
        const { removed, of, kept } = await queue.discard(from, choice);
        store.getState().unmark();
        const lost = removed - kept;
        tell({
          kind: "note",
          text:
            (from === "failed" ? t.discarded(removed) : t.removed(removed)) +
            rest({ moved: removed, of }) +
            (lost > 0 ? t.discardedForGood(lost) : ""),
          ...(kept > 0 ? { action: { label: t.putBack, run: () => void restore() } } : {}),
        });
      }),
    restore,
    pause: () => trying(() => queue.pause()),
    resume: (merging) => trying(() => queue.resume(merging)),
  };
}
