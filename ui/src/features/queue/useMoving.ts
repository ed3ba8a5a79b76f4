/** Moves jobs and says what came of it. */

import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import type { JobChoice, JobId, JobsIn, JobsMoved } from "@/host";
import { HostError } from "@/host";
import { texts } from "@/texts";
import { useQueueStore } from "./context";

export interface Moving {
  retry(choice: JobChoice): Promise<void>;
  promote(choice: JobChoice): Promise<void>;
  discard(from: JobsIn, choice: JobChoice): Promise<void>;
  /** Asks whether to remove jobs, after looking which these are. */
  askRemove(from: JobsIn, choice: JobChoice): Promise<void>;
  /** Writes jobs into a file; answers with what to say, or null where it went wrong. */
  save(from: JobsIn, choice: JobChoice): Promise<string | null>;
  restore(): Promise<void>;
  pause(): Promise<void>;
  resume(merging: boolean): Promise<void>;
}

/** Jobs by their ids. */
export const these = (ids: JobId[]): JobChoice => ({ which: "some", ids });

export function useMoving(): Moving {
  const { session } = useStores();
  const store = useQueueStore();
  const { host, tell } = session.getState();
  const { queue } = host;
  const t = texts.queue;

  const trying = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      tell(noticeOf(HostError.from(thrown)));
    }
  };
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
    askRemove: (from, choice) =>
      trying(async () => {
        const ids = await queue.choose(from, choice);
        if (ids.length === 0) tell({ kind: "note", text: t.removeNone });
        else store.getState().ask({ ask: "discard", from, choice: these(ids), count: ids.length });
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
