// @vitest-environment jsdom
/** The menus of rows on the live screens: what an open one offers, without opening it. */

import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { TrafficHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { cacheInMemory } from "@/host/memory/cache";
import { trafficInMemory } from "@/host/memory/traffic";
import { openScreen, violations } from "./inTests";

const lines = () => screen.getAllByRole("menuitem").map((line) => line.textContent);
const elements = (id: string) => screen.getAllByTestId(id);

describe("Traffic", () => {
  async function open(change: Partial<TrafficHost> = {}) {
    const traffic = { ...trafficInMemory(), ...change };
    const opened = await openScreen({ ...recordingHost({ at: 4 }), traffic }, 3, "traffic-filter");
    await waitFor(() => expect(elements("traffic-row")).toHaveLength(4));
    return opened;
  }

  it("opens a row's menu, which holds the list so that it does not run away", async () => {
    const { user } = await open();
    const list = screen.getByTestId("traffic-list");
    expect(list.dataset.follows).toBe("true");
    await user.pointer({ keys: "[MouseRight]", target: elements("traffic-row")[1] as HTMLElement });
    expect(screen.getByRole("menu")).toBeTruthy();
    expect(lines().slice(0, 3)).toEqual(["Open", "Edit and replay", "Copy as curl"]);
    expect(list.dataset.follows).toBeUndefined();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-replay-menu"));
    await screen.findByTestId("compose-body", undefined, { timeout: 10_000 });
  });

  it("copies a row as curl by the keys alone", async () => {
    const curl = vi.fn(trafficInMemory().curl);
    const { user } = await open({ curl });
    const list = screen.getByTestId("traffic-list");
    list.focus();
    // The newest was refused, and its body is not kept.
    await user.keyboard("{ArrowUp}{ArrowUp}{ContextMenu}");
    await screen.findByRole("menu");
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(curl).toHaveBeenCalledTimes(1));
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(list);
  });
});

describe("Conversations", () => {
  it("asks what the menu was asked for, once the person is open", async () => {
    const { user } = await openScreen(recordingHost({ at: 4 }), 4, "people-list");
    const first = (await screen.findAllByTestId("people-row"))[0] as HTMLElement;
    await user.pointer({ keys: "[MouseRight]", target: first });
    expect(lines()).toEqual([
      "Open",
      "Choose",
      "Release…",
      "Clear…",
      "Move to a step",
      "Unsubscribe…",
    ]);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("person-release-menu"));
    await screen.findByTestId("confirm-release");
    await user.keyboard("{Escape}");
    const list = screen.getByTestId("people-list");
    list.focus();
    await user.keyboard("{Shift>}{F10}{/Shift}");
    await screen.findByRole("menu");
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(list);
  });
});

describe("Cache", () => {
  it("selects and invalidates a key from its menu, after the same question", async () => {
    const host = { ...recordingHost({ at: 4 }), cache: cacheInMemory() };
    const { user } = await openScreen(host, 5, "cache-table");
    await waitFor(() => expect(elements("cache-key")).toHaveLength(2));
    await user.pointer({ keys: "[MouseRight]", target: elements("cache-key")[1] as HTMLElement });
    expect(lines()).toEqual(["Open", "Copy the key", "Select", "Invalidate"]);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("cache-key-select-menu"));
    expect(elements("cache-key")[1]?.getAttribute("aria-selected")).toBe("true");
    fireEvent.keyDown(screen.getByTestId("cache-keys"), { key: "F10", shiftKey: true });
    expect(lines()[2]).toBe("Select no more");
    await user.click(screen.getByTestId("cache-key-invalidate-menu"));
    expect(await screen.findByRole("dialog")).toBeTruthy();
  });
});
