/** Moves jobs and says what came of it. */

import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import type { JobChoice, JobsMoved } from "@/host";
import { HostError } from "@/host";
import { texts } from "@/texts";

export interface Moving {
  retry(choice: JobChoice): Promise<void>;
  promote(choice: JobChoice): Promise<void>;
  discard(choice: JobChoice): Promise<void>;
  restore(): Promise<void>;
  pause(): Promise<void>;
  resume(merging: boolean): Promise<void>;
}

export function useMoving(): Moving {
  const { session } = useStores();
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
        tell({ kind: "note", text: t.retried(moved.moved) + rest(moved) });
      }),
    promote: (choice) =>
      trying(async () => {
        const moved = await queue.promote(choice);
        tell({ kind: "note", text: t.promoted(moved.moved) + rest(moved) });
      }),
    discard: (choice) =>
      trying(async () => {
        const { removed, of, kept } = await queue.discard(choice);
        const lost = removed - kept;
        tell({
          kind: "note",
          text:
            t.discarded(removed) +
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
