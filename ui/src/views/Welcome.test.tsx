// @vitest-environment jsdom
import { act, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Settings } from "@/host";
import { recordingHost } from "@/host/memory";
import { OFFLINE } from "@/host/memory/connections";
import { openWindow, violations } from "./inTests";

const ADDRESS = "http://127.0.0.1:8787/api/webhooks/instagram";

/** A first start; `kept`: the settings as they were saved last. */
async function first() {
  const host = recordingHost({
    at: 4,
    settings: { welcomed: false },
    listener: { state: "running", address: ADDRESS },
  });
  const kept: Settings[] = [];
  const save = host.saveSettings;
  host.saveSettings = async (wanted) => {
    kept.push(wanted);
    await save(wanted);
  };
  const opened = await openWindow(host);
  return { ...opened, kept, dialog: await screen.findByTestId("welcome") };
}

const isDone = (step: string) => screen.getByTestId(`step-${step}`).dataset.done !== undefined;

it("is asked once, and again only by its name", async () => {
  const { user, kept } = await first();
  await user.click(screen.getByTestId("welcome-around"));
  expect(screen.queryByTestId("welcome")).toBeNull();
  expect(screen.queryByTestId("path")).toBeNull();
  await waitFor(() => expect(kept.at(-1)?.welcomed).toBe(true));
  await user.keyboard("{Control>}k{/Control}first steps{Enter}");
  await user.click(await screen.findByTestId("welcome-build"));
  expect(screen.getByTestId("path")).toBeTruthy();
});

it("leads a developer to the tunnel, and ends with a delivery", async () => {
  const scrolled = vi.fn();
  Element.prototype.scrollIntoView = function scroll(this: Element) {
    scrolled(this.id);
  };
  const { user, stores } = await first();
  await user.click(screen.getByTestId("welcome-receive"));
  await screen.findByTestId("tunnel-state", undefined, { timeout: 10_000 });
  expect(isDone("listen")).toBe(true);
  expect(isDone("delivery")).toBe(false);
  await user.click(screen.getByTestId("step-address"));
  await waitFor(() => expect(scrolled).toHaveBeenCalledWith("tunnel-panel"));
  await user.click(await screen.findByTestId("tunnel-start"));
  await waitFor(() => expect(isDone("address")).toBe(true));
  const listener = stores.session.getState().listener;
  if (!listener) throw new Error("the recording has a listener");
  act(() => stores.session.setState({ listener: { ...listener, accepted: 1 } }));
  expect(isDone("delivery")).toBe(true);
  expect(screen.getByTestId("path-finished")).toBeTruthy();
  expect(await violations()).toEqual([]);
});

it("leads who is on call to a conversation, which counts once one is open", async () => {
  const { user, stores } = await first();
  await user.click(screen.getByTestId("welcome-look"));
  expect(stores.navigation.getState().screen).toBe("connections");
  await user.click(screen.getByTestId("step-conversation"));
  const row = async () => {
    const rows = await screen.findAllByTestId("people-row", undefined, { timeout: 10_000 });
    return rows[0] as HTMLElement;
  };
  await row();
  expect(isDone("conversation")).toBe(false);
  const connection = { ...OFFLINE, profile: "Shop", level: "observe" } as const;
  act(() => stores.session.setState({ connection }));
  expect(isDone("connect")).toBe(true);
  expect(isDone("conversation")).toBe(false);
  await user.click(await row());
  await waitFor(() => expect(isDone("conversation")).toBe(true));
});
