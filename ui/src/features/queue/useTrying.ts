/** Tries something, and tells what went wrong. */

import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { HostError } from "@/host";

export function useTrying(): (work: () => Promise<void>) => Promise<void> {
  const { tell } = useStores().session.getState();
  return async (work) => {
    try {
      await work();
    } catch (thrown) {
      tell(noticeOf(HostError.from(thrown)));
    }
  };
}
