// @vitest-environment jsdom
/** Before a live profile gets deliveries from here, it is asked. */

import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { ConnectionStatus } from "@/host";
import { recordingHost } from "@/host/memory";
import { OFFLINE } from "@/host/memory/connections";
import { trafficInMemory } from "@/host/memory/traffic";
import { openScreen, violations } from "./inTests";

const LIVE: Partial<ConnectionStatus> = { profile: "Shop", level: "live" };

async function open() {
  const memory = trafficInMemory();
  const send = vi.fn(memory.send);
  const sendAll = vi.fn(memory.sendAll);
  const host = { ...recordingHost({ at: 4 }), traffic: { ...memory, send, sendAll } };
  const opened = await openScreen(host, 3, "traffic-filter");
  await waitFor(() => expect(screen.getAllByTestId("traffic-row")).toHaveLength(4));
  const connect = (change: Partial<ConnectionStatus>) =>
    act(() => opened.stores.session.setState({ connection: { ...OFFLINE, ...change } }));
  return { ...opened, send, sendAll, connect };
}

const asked = () => screen.queryByTestId("traffic-live-ask");
const title = () => asked()?.querySelector("h2")?.textContent;
const confirm = () => screen.getByTestId("traffic-live-confirm");

describe("many", () => {
  it("go to a live profile only after a question that says how many, where, and what that does", async () => {
    const { user, sendAll, connect } = await open();
    connect(LIVE);
    await user.click(screen.getByTestId("traffic-replay-all"));
    await user.click(await screen.findByTestId("many-send"));
    expect(title()).toBe("Replay 3 deliveries on Shop?");
    expect(asked()?.textContent).toContain("people who were answered may be answered again");
    expect(asked()?.textContent).toContain("Shop is live");
    expect(confirm().textContent).toBe("Replay 3 on Shop");
    expect(document.activeElement?.textContent).toBe("Cancel");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Enter}");
    expect(asked()).toBeNull();
    expect(sendAll).not.toHaveBeenCalled();

    await user.click(screen.getByTestId("compose-as_it_was"));
    await user.click(screen.getByTestId("many-send"));
    expect(asked()?.textContent).toContain("counts as a repeat");
    await user.click(confirm());
    await screen.findByTestId("many-outcome");
    expect(sendAll).toHaveBeenCalledOnce();
    expect(asked()).toBeNull();
  });

  it("go at once where nobody is answered", async () => {
    const { user, sendAll, connect } = await open();
    await user.click(screen.getByTestId("traffic-replay-all"));
    for (const [times, level] of (["offline", "observe", "dry_run"] as const).entries()) {
      connect({ profile: level === "offline" ? null : "Shop", level });
      await user.click(await screen.findByTestId("traffic-replay-all"));
      await user.click(await screen.findByTestId("many-send"));
      expect(asked(), level).toBeNull();
      await screen.findByTestId("many-outcome");
      expect(sendAll, level).toHaveBeenCalledTimes(times + 1);
    }
  });
});

describe("one", () => {
  it("is replayed on a live profile after the question, by its keys too", async () => {
    const { user, send, connect } = await open();
    connect(LIVE);
    await user.click(screen.getAllByTestId("traffic-row")[0] as HTMLElement);
    await user.click(await screen.findByTestId("traffic-replay"));
    await waitFor(() =>
      expect(screen.getByTestId("compose-send")).toHaveProperty("disabled", false),
    );
    screen.getByTestId("compose-body").focus();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(title()).toBe("Replay 1 delivery on Shop?");
    // The keys that send are the form's, not those of the question in front of it.
    confirm().focus();
    expect(send).not.toHaveBeenCalled();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(send).toHaveBeenCalledOnce());
    await screen.findByTestId("compose-verdict");

    // An address of one's own is no profile's.
    await user.click(screen.getByTestId("compose-to-url"));
    await user.type(screen.getByTestId("compose-url"), "http://127.0.0.1:3000/");
    await user.click(screen.getByTestId("compose-send"));
    await waitFor(() => expect(send).toHaveBeenCalledTimes(2));
    expect(asked()).toBeNull();
  });

  it("is asked of the profile that was live then, and of no other", async () => {
    const { user, send, connect } = await open();
    connect(LIVE);
    await user.click(screen.getByTestId("traffic-compose-open"));
    await user.selectOptions(await screen.findByTestId("compose-template"), "dm_text.plain");
    await waitFor(() =>
      expect(screen.getByTestId("compose-send")).toHaveProperty("disabled", false),
    );
    await user.click(screen.getByTestId("compose-send"));
    expect(title()).toBe("Send it to Shop?");
    expect(confirm().textContent).toBe("Send it to Shop");
    connect({ ...LIVE, level: "observe" });
    expect(asked()).toBeNull();
    connect(LIVE);
    expect(asked()).toBeNull();
    expect(send).not.toHaveBeenCalled();
  });
});
