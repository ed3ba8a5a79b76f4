// @vitest-environment jsdom
import { afterEach, expect, it, vi } from "vitest";
import { whileSeen } from "./seen";

function show(visible: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(!visible);
  document.dispatchEvent(new Event("visibilitychange"));
}

afterEach(() => vi.restoreAllMocks());

function counted() {
  const count = { begun: 0, ended: 0 };
  const end = whileSeen(() => {
    count.begun += 1;
    return () => {
      count.ended += 1;
    };
  });
  return { count, end };
}

it("ends while nobody can see the window, and begins anew when somebody can", () => {
  const { count, end } = counted();
  expect(count).toEqual({ begun: 1, ended: 0 });
  show(false);
  expect(count).toEqual({ begun: 1, ended: 1 });
  show(true);
  show(true);
  expect(count).toEqual({ begun: 2, ended: 1 });
  end();
  expect(count).toEqual({ begun: 2, ended: 2 });
  show(false);
  show(true);
  expect(count).toEqual({ begun: 2, ended: 2 });
});

it("does not begin in a window that cannot be seen", () => {
  show(false);
  const { count, end } = counted();
  expect(count).toEqual({ begun: 0, ended: 0 });
  end();
  expect(count).toEqual({ begun: 0, ended: 0 });
});
