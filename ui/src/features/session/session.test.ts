import { describe, expect, it, vi } from "vitest";
import { type Host, HostError } from "@/host";
import { recordingHost } from "@/host/memory";
import { MAYA, TOM } from "@/host/memory/maya";
import { createLooking, unreadOf } from "./looking";
import { createSession, patched } from "./session";

async function opened(change: Partial<Host> = {}, at = 0) {
  const host = { ...recordingHost({ at }), ...change };
  const session = createSession(host);
  await session.getState().open();
  return session;
}

const say = { do: "say", person: MAYA, text: "what's the menu?" } as const;

describe("the session", () => {
  it("opens with everything by its id and the order beside it", async () => {
    const { opened: data, listener } = (await opened()).getState();
    expect(data?.people[MAYA]?.name).toBe("Maya");
    expect(data?.peopleOrder).toHaveLength(3);
    expect(data?.automations.menu?.name).toBe("Menu");
    expect(listener?.state).toBe("stopped");
  });

  it("keeps what a command did not touch, so that it is not drawn again", async () => {
    const session = await opened();
    const before = session.getState().opened;
    expect(await session.getState().act(say)).toBe(true);
    const after = session.getState().opened;
    expect(after?.people[MAYA]).not.toBe(before?.people[MAYA]);
    expect(after?.people[TOM]).toBe(before?.people[TOM]);
    expect(after?.automations).toBe(before?.automations);
    expect(after?.peopleOrder).toBe(before?.peopleOrder);
  });

  it("says why a command was refused, keeps what it has, and forgets it with the next", async () => {
    const session = await opened();
    expect(await session.getState().letPass(1)).toBe(false);
    expect(session.getState().notice).toMatchObject({ kind: "warning" });
    expect(session.getState().notice?.text).toContain("The next recorded step is: say");
    expect(session.getState().opened?.peopleOrder).toHaveLength(3);
    await session.getState().act(say);
    expect(session.getState().notice).toBeNull();
    expect(session.getState().busy).toBe(0);
  });

  it("tells a refusal from a failure", async () => {
    const act = () => Promise.reject(new HostError({ code: "internal", message: "It broke." }));
    const session = await opened({ act });
    await session.getState().act(say);
    expect(session.getState().notice).toEqual({ kind: "failed", text: "It broke." });
  });

  it("that does not open says why and opens on the next try", async () => {
    const host = recordingHost({ at: 0 });
    const simulatorView = vi
      .fn(host.simulatorView)
      .mockRejectedValueOnce(
        new HostError({ code: "unavailable", message: "The file is in use." }),
      );
    const session = createSession({ ...host, simulatorView });
    await session.getState().open();
    expect(session.getState().failure?.message).toBe("The file is in use.");
    expect(session.getState().opened).toBeNull();
    await session.getState().open();
    expect(session.getState().failure).toBeNull();
    expect(session.getState().opened).not.toBeNull();
  });

  it("keeps what it was told while it opened: the answer to what it asked is older", async () => {
    const host = recordingHost({ at: 0 });
    const before = await host.connections.status();
    let answer: (status: typeof before) => void = () => undefined;
    const status = () => new Promise<typeof before>((resolve) => (answer = resolve));
    const session = createSession({ ...host, connections: { ...host.connections, status } });
    const open = session.getState().open();
    await vi.waitFor(() => expect(session.getState().opened).not.toBeNull());
    const now = { ...before, profile: "Shop", level: "observe" } as const;
    session.setState(patched(session.getState(), { update: "connection", status: now }));
    answer(before);
    await open;
    expect(session.getState().connection).toEqual(now);
  });

  it("takes pushed time without touching the rest", async () => {
    const store = createSession(recordingHost({ at: 2 }));
    await store.getState().open();
    const before = store.getState();
    const opened = before.opened;
    if (!opened) throw new Error("it is open");
    const playback = { ...opened.playback, speed: 60 };
    const after = patched(before, { update: "clock", now: opened.now + 1000, playback }).opened;
    expect(after?.now).toBe(opened.now + 1000);
    expect(after?.playback.speed).toBe(60);
    expect(after?.playback.moments).toBe(opened.playback.moments);
    expect(after?.people).toBe(opened.people);
  });

  it("takes pushed figures without touching the rest, until it stops watching", async () => {
    const told: Parameters<Host["watch"]>[0][] = [];
    const stopped = vi.fn();
    const session = await opened({
      watch(onUpdates) {
        told.push(onUpdates);
        return stopped;
      },
    });
    const stop = session.getState().watch();
    const before = session.getState().opened;
    if (!before) throw new Error("it is open");
    told[0]?.([{ update: "figures", figures: { ...before.figures, deliveries: 41 } }]);
    const after = session.getState().opened;
    expect(after?.figures.deliveries).toBe(41);
    expect(after?.figures.cache).toBe(before.figures.cache);
    expect(after?.people).toBe(before.people);
    stop();
    expect(stopped).toHaveBeenCalledOnce();
  });

  it("takes a pushed listener and says when it cannot watch", async () => {
    const session = await opened({
      watch(onUpdates, onFailure) {
        const status = session.getState().listener;
        if (status) onUpdates([{ update: "listener", status: { ...status, accepted: 3 } }]);
        onFailure(new HostError({ code: "internal", message: "No updates." }));
        return () => undefined;
      },
    });
    session.getState().watch();
    expect(session.getState().listener?.accepted).toBe(3);
    expect(session.getState().notice?.text).toBe("No updates.");
  });

  it("keeps a port that worked, and not one that did not", async () => {
    const saveSettings = vi.fn(async () => undefined);
    const status = (port: number, state: "running" | "failed") => ({
      state,
      address: null,
      port,
      verifyToken: "t",
      accepted: 0,
      rejected: 0,
      error: null,
    });
    const listenerStart = async (port: number) =>
      status(port, port === 9000 ? "running" : "failed");
    const session = await opened({ listenerStart, saveSettings });
    await session.getState().startListener(80);
    expect(saveSettings).not.toHaveBeenCalled();
    await session.getState().startListener(9000);
    expect(saveSettings).toHaveBeenCalledWith(expect.objectContaining({ listenerPort: 9000 }));
  });
});

describe("what was not seen", () => {
  it("is what the account said since the conversation was in front", async () => {
    const session = await opened({}, 9);
    const looking = createLooking();
    const tom = session.getState().opened?.people[TOM];
    if (!tom) throw new Error("Tom is there");
    expect(unreadOf(tom, looking.getState().seen)).toBe(2);
    looking.getState().see(TOM, tom.conversation.length);
    expect(unreadOf(tom, looking.getState().seen)).toBe(0);
  });
});
