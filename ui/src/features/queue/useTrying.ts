/** Tries something, and tells what went wrong. */

import { useStores } from "@/features/session/context";
import { noticeOf, type SessionStore } from "@/features/session/session";
import { HostError } from "@/host";

/** `stays` says whether what was in front at the beginning still is: what was looked up in
 * another profile is not asked about. */
export type Work = (stays: () => boolean) => Promise<void>;

export type Trying = (work: Work) => Promise<void>;

export function useTrying(): Trying {
  return tryingOf(useStores().session);
}

export function tryingOf(session: SessionStore): Trying {
  const { tell } = session.getState();
  const front = () => session.getState().connection?.profile ?? null;
  return async (work) => {
    const before = front();
    try {
      await work(() => front() === before);
    } catch (thrown) {
      tell(noticeOf(HostError.from(thrown)));
    }
  };
}
