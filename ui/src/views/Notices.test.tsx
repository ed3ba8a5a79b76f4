// @vitest-environment jsdom
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { NoticeBell } from "@/features/notices/NoticeBell";
import { wantNotices } from "@/features/notices/wanted";
import { queueOf } from "@/features/queue/context";
import { StoresProvider } from "@/features/session/context";
import type { Host, NoticesNews } from "@/host";
import { recordingHost } from "@/host/memory";
import { notice, noticesInMemory } from "@/host/memory/notices";
import { createStores } from "./stores";

function open(first: Partial<NoticesNews> = {}) {
  const notices = noticesInMemory(first);
  const host: Host = { ...recordingHost({ at: 4 }), notices };
  const { stores } = createStores(host);
  render(
    <StoresProvider stores={stores}>
      <NoticeBell />
    </StoresProvider>,
  );
  return { user: userEvent.setup({ delay: null }), notices, host, ...stores };
}

const violations = async () => {
  const { violations: found } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};

const LISTENER = notice(1);
const LIVE = notice(2, {
  kind: "live_ended",
  title: "“Shop” is not live any more",
  stands: false,
  times: 3,
});

describe("notices", () => {
  it("of sends that failed lead to these in Queue", async () => {
    const refused = notice(3, { kind: "refused", screen: "failed_sends" });
    const { user, navigation, host } = open({ notices: [refused], unread: 1 });
    await user.click(screen.getByTestId("notices"));
    const found = screen.getByTestId("notice-row");
    expect(found.textContent).toContain("Open the failed sends");
    await user.click(found);
    expect(navigation.getState().screen).toBe("queue");
    expect(queueOf(host).getState().sends).toBe(true);
  });

  it("are empty at first, and say what they are for", async () => {
    const { user } = open();
    expect(screen.queryByTestId("notices-count")).toBeNull();
    await user.click(screen.getByTestId("notices"));
    expect(screen.getByTestId("notices-empty").textContent).toContain("Nothing needs you");
    expect(await violations()).toEqual([]);
  });

  it("are counted, lead to where they are mended, and count as seen then", async () => {
    const { user, navigation } = open({ notices: [LIVE, LISTENER], unread: 2 });
    expect(screen.getByTestId("notices-count").textContent).toBe("2");
    expect(screen.getByRole("button", { name: "Notices, 2 new" })).toBeTruthy();
    await user.click(screen.getByTestId("notices"));
    const [live, listener] = screen.getAllByTestId("notice-row");
    expect(live?.textContent).toContain("3 times");
    expect(listener?.textContent).toContain("Still so");
    expect(await violations()).toEqual([]);

    // Arrow keys move among them.
    live?.focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(listener);
    expect(navigation.getState().screen).toBe("simulator");
    await user.keyboard("{Enter}");
    expect(navigation.getState().screen).toBe("connections");
    expect(screen.queryByTestId("notice-row")).toBeNull();
    await waitFor(() => expect(screen.queryByTestId("notices-count")).toBeNull());
  });

  it("keep what is still so when the rest is cleared", async () => {
    const { user } = open({ notices: [LIVE, LISTENER] });
    await user.click(screen.getByTestId("notices"));
    await user.click(screen.getByTestId("notices-clear"));
    await waitFor(() => expect(screen.getAllByTestId("notice-row")).toHaveLength(1));
    expect(screen.getByTestId("notice-row").textContent).toContain(LISTENER.title);
    expect(screen.queryByTestId("notices-clear")).toBeNull();
  });

  it("bring the screen in front that was asked for outside of the window", () => {
    const { notices, navigation } = open();
    act(() => notices.tell({ go: "queue" }));
    expect(navigation.getState().screen).toBe("queue");
    act(() => navigation.getState().go("builder"));
    act(() => notices.tell({ unread: 1, notices: [LISTENER] }));
    expect(navigation.getState().screen).toBe("builder");
  });

  it("are open when the palette asks for them", () => {
    open();
    act(wantNotices);
    expect(screen.getByTestId("notices-empty")).toBeTruthy();
  });

  it("are muted one kind at a time, and all at once", async () => {
    const { user, session } = open();
    const { host } = session.getState();
    await user.click(screen.getByTestId("notices"));
    await user.click(screen.getByTestId("notices-which"));
    await user.click(screen.getByTestId("notices-kind-hit_rate"));
    await user.click(screen.getByTestId("notices-kind-disk"));
    expect((await host.settings()).mutedNotices).toEqual(["hit_rate", "disk"]);
    await user.click(screen.getByTestId("notices-kind-hit_rate"));
    expect((await host.settings()).mutedNotices).toEqual(["disk"]);
    await user.click(screen.getByTestId("notices-notify"));
    expect((await host.settings()).notify).toBe(false);
    expect(screen.queryByTestId("notices-which")).toBeNull();
  });

  it("say whether the application can stay without a window", async () => {
    const { user, notices, session } = open({ hasTray: false });
    await user.click(screen.getByTestId("notices"));
    expect(screen.getByTestId("notices-tray").textContent).toContain("no icon");
    expect(screen.getByTestId("notices-keep")).toHaveProperty("disabled", true);
    act(() => notices.tell({ hasTray: true }));
    await user.click(screen.getByTestId("notices-keep"));
    expect((await session.getState().host.settings()).keepInTray).toBe(true);
  });
});
