import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

if (typeof document !== "undefined") {
  afterEach(cleanup);

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
