/** Windows of a recording: other tabs of the browser. */

import type { WindowsHost } from "../windows";

export function windowsInMemory(): WindowsHost {
  return {
    open: async (screen, automation) => {
      const query = new URLSearchParams({ screen, ...(automation && { automation }) });
      window.open(`?${query}`);
    },
    shows: async () => undefined,
    close: async () => window.close(),
    quit: async () => window.close(),
  };
}
