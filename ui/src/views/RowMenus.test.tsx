// @vitest-environment jsdom
/** The menus of rows on the live screens: what an open one offers, without opening it. */

import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { connectionsOf } from "@/features/connections/context";
import type { TrafficHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { cacheInMemory } from "@/host/memory/cache";
import { OFFLINE } from "@/host/memory/connections";
import { conversationsInMemory } from "@/host/memory/conversations";
import { MAYA, mayaAsksForTheMenu } from "@/host/memory/maya";
import { row, trafficInMemory } from "@/host/memory/traffic";
import { openScreen, violations } from "./inTests";

const ACCOUNT = "17841400000000001";

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

  it("offers nothing that needs a body where that was not kept", async () => {
    const memory = trafficInMemory();
    const { user } = await open({
      open: async (delivery, refused) => ({
        ...(await memory.open(delivery, refused)),
        ...(delivery === 1 ? { body: null } : {}),
      }),
    });
    const line = (id: string) => screen.getByTestId<HTMLButtonElement>(`${id}-menu`);
    const ask = async (row: number) =>
      user.pointer({ keys: "[MouseRight]", target: elements("traffic-row")[row] as HTMLElement });
    const needing = ["curl", "save-fixture", "save-scenario"].map((id) => `traffic-${id}`);
    await ask(1);
    for (const id of ["traffic-replay", ...needing]) expect(line(id).disabled).toBe(false);
    await ask(0);
    await waitFor(() => expect(line("traffic-replay").disabled).toBe(true));
    expect(line("traffic-replay").title).toContain("body was not kept");
    for (const id of needing) expect(line(id).disabled, id).toBe(true);
    expect(line("traffic-open").disabled).toBe(false);
    // What was refused by its headers has none either.
    await ask(3);
    await waitFor(() => expect(line("traffic-sign").disabled).toBe(true));
    await ask(2);
    expect(line("traffic-replay").disabled).toBe(false);
  });

  it("saves a row as what its detail offers, without opening it", async () => {
    const saveScenario = vi.fn(trafficInMemory().saveScenario);
    const { user } = await open({ saveScenario });
    await user.pointer({ keys: "[MouseRight]", target: elements("traffic-row")[1] as HTMLElement });
    await user.click(screen.getByTestId("traffic-save-scenario-menu"));
    await user.type(await screen.findByTestId("traffic-save-as"), "second{Enter}");
    await waitFor(() => expect(saveScenario).toHaveBeenCalledWith(2, "second"));
    expect((await screen.findByTestId("notice")).textContent).toContain("/data/second.yaml");
    expect(screen.queryByTestId("traffic-save-dialog")).toBeNull();
    expect(screen.queryByTestId("traffic-side")).toBeNull();
  });

  it("leads to the contact's conversation", async () => {
    const conversations = conversationsInMemory();
    const opening = vi.spyOn(conversations, "open");
    // The second row names another id of the account.
    const traffic = trafficInMemory([
      row(1, { contactId: "901" }),
      row(2, { accountId: "9000000000000002", contactId: "902" }),
    ]);
    const host = { ...recordingHost({ at: 4 }), traffic, conversations };
    const { user, stores } = await openScreen(host, 3, "traffic-filter");
    await waitFor(() => expect(elements("traffic-row")).toHaveLength(2));
    act(() => {
      const known = { id: ACCOUNT, workspaceId: "w1", username: "cafe" };
      const accounts = [{ ...known, aliases: ["9000000000000002"] }];
      connectionsOf(stores.session).setState({
        accounts: { workspaces: [], accounts, isCut: false },
      });
    });
    await user.pointer({ keys: "[MouseRight]", target: elements("traffic-row")[1] as HTMLElement });
    expect(screen.queryByTestId("traffic-to-simulator-menu")).toBeNull();
    await user.click(screen.getByTestId("traffic-to-conversation-menu"));
    expect(stores.navigation.getState().screen).toBe("conversations");
    await screen.findByTestId("person", undefined, { timeout: 10_000 });
    expect(opening).toHaveBeenLastCalledWith(ACCOUNT, "902");
  });

  it("has a detail that leads to the conversation of the event that was chosen", async () => {
    const record = mayaAsksForTheMenu().steps.at(-1)?.view.people[0]?.decisions[0];
    if (!record) throw new Error("the recording decides something");
    const other = { ...record, index: 1, event: { ...record.event, contactId: "902" } };
    const memory = trafficInMemory([row(1), row(2, { deliveryId: 1, index: 1 })]);
    const traffic: TrafficHost = {
      ...memory,
      open: async (delivery, refused) => ({
        ...(await memory.open(delivery, refused)),
        decisions: [record, other],
      }),
    };
    const conversations = conversationsInMemory();
    const opening = vi.spyOn(conversations, "open");
    const host = { ...recordingHost({ at: 4 }), traffic, conversations };
    const { user, stores } = await openScreen(host, 3, "traffic-filter");
    await waitFor(() => expect(elements("traffic-row")).toHaveLength(2));
    const chosen = async (at: number) => {
      await user.click(elements("traffic-row")[at] as HTMLElement);
      await user.click(await screen.findByTestId("traffic-more"));
    };
    await chosen(0);
    expect(screen.getByTestId("traffic-to-simulator")).toBeTruthy();
    await user.click(screen.getByTestId("traffic-more"));
    await chosen(1);
    expect(screen.queryByTestId("traffic-to-simulator")).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("traffic-to-conversation"));
    expect(stores.navigation.getState().screen).toBe("conversations");
    await waitFor(() => expect(opening).toHaveBeenLastCalledWith(ACCOUNT, "902"));
  });

  it("leads to the Simulator only where its people are in front", async () => {
    const traffic = trafficInMemory([row(1, { contactId: MAYA })]);
    const host = { ...recordingHost({ at: 4 }), traffic };
    const { user, stores } = await openScreen(host, 3, "traffic-filter");
    await waitFor(() => expect(stores.session.getState().opened).not.toBeNull());
    await waitFor(() => expect(elements("traffic-row")).toHaveLength(1));
    const ask = async () =>
      user.pointer({ keys: "[MouseRight]", target: elements("traffic-row")[0] as HTMLElement });
    await ask();
    expect(lines().slice(-2)).toEqual(["Open the conversation", "Show in the Simulator"]);
    await user.keyboard("{Escape}");
    act(() => stores.session.setState({ connection: { ...OFFLINE, profile: "Shop" } }));
    await ask();
    expect(lines().at(-1)).toBe("Open the conversation");
  });
});

describe("Conversations", () => {
  it("offers to clear where something is there to be cleared, as who is open does", async () => {
    const { user } = await openScreen(recordingHost({ at: 4 }), 4, "people-list");
    await user.click(screen.getByTestId("people-contacts"));
    await waitFor(() => expect(elements("people-row")).toHaveLength(4));
    const tom = elements("people-row")[3] as HTMLElement;
    expect(tom.textContent).toContain("Tom Berg");
    await user.pointer({ keys: "[MouseRight]", target: tom });
    const line = () => screen.getByTestId<HTMLButtonElement>("person-clear-menu");
    expect(line().disabled).toBe(true);
    expect(line().title).toContain("Open them to see");
    // Opened, it is seen that an old state of theirs is still held.
    await user.click(screen.getByTestId("person-open-menu"));
    expect((await screen.findByTestId<HTMLButtonElement>("person-clear")).disabled).toBe(false);
    await user.pointer({ keys: "[MouseRight]", target: tom });
    expect(line().disabled).toBe(false);
  });

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
