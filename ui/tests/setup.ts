import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, vi } from "vitest";

if (typeof document !== "undefined") {
  afterEach(cleanup);
  // A screen that is loaded a moment later may still be on its way when a file has ended.
  afterAll(() => vi.dynamicImportSettled());
  // A machine that builds at the same time takes its time; what is there at once is found
  // at once.
  configure({ asyncUtilTimeout: 8_000 });

  // jsdom draws nothing, so it has no places to scroll to.
  Element.prototype.scrollIntoView ??= () => undefined;
  Element.prototype.scrollBy ??= () => undefined;
  Element.prototype.hasPointerCapture ??= () => false;
  // Nor has it sizes that could change.
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
