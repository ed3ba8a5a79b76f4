import { afterAll, afterEach, vi } from "vitest";

// What draws nothing does without all that draws.
if (typeof document !== "undefined") {
  const { cleanup, configure } = await import("@testing-library/react");
  afterEach(cleanup);
  // A screen that is loaded a moment later may still be on its way when a file has ended.
  afterAll(() => vi.dynamicImportSettled());
  configure({
    // A machine that builds at the same time takes its time; what is there at once is found
    // at once.
    asyncUtilTimeout: 8_000,
    // What is waited for would be looked for in vain many times, and write the whole page down
    // each time. Its beginning is the same in every test.
    getElementError: (message) =>
      Object.assign(new Error(message ?? ""), { name: "TestingLibraryElementError" }),
  });

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
