import type { SessionStore } from "@/features/session/session";

/**
 * Notes in the page's timeline, as the mark `usable`, when the first screen is there to be
 * clicked: a task that a frame posts runs when that frame has been painted.
 */
export function noteUsable(session: SessionStore) {
  const stop = session.subscribe(({ opened }) => {
    if (!opened) return;
    stop();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => performance.mark("usable");
      port2.postMessage(null);
    });
  });
}
