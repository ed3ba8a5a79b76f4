// @vitest-environment jsdom
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { StoresProvider } from "@/features/session/context";
import { TunnelNotices } from "@/features/tunnel/TunnelNotices";
import { TunnelPanel } from "@/features/tunnel/TunnelPanel";
import {
  type Host,
  HostError,
  type ListenerStatus,
  type TunnelHost,
  type TunnelNews,
} from "@/host";
import { recordingHost } from "@/host/memory";
import { tunnelInMemory, tunnelStatus } from "@/host/memory/tunnel";
import { violations } from "./inTests";
import { createStores } from "./stores";

const AT = 1_790_000_000_000;
const URL = "https://deck-organisms.trycloudflare.com";
const LISTENER: ListenerStatus = {
  state: "running",
  address: "http://127.0.0.1:8787/api/webhooks/instagram",
  port: 8787,
  verifyToken: "a-token",
  accepted: 0,
  rejected: 0,
  error: null,
};

function open(change: Partial<TunnelHost> = {}, listener: Partial<ListenerStatus> = {}) {
  const tunnel = { ...tunnelInMemory(), ...change };
  const host: Host = { ...recordingHost({ at: 4 }), tunnel };
  render(
    <StoresProvider stores={createStores(host).stores}>
      <TunnelNotices />
      <TunnelPanel listener={{ ...LISTENER, ...listener }} />
    </StoresProvider>,
  );
  return { user: userEvent.setup({ delay: null }), tunnel };
}

/** It is a part of a page here, which has no landmarks. */
const PART = { region: { enabled: false } };

/** A host that says one thing of the tunnel. */
const saying = (news: Partial<TunnelNews>): Partial<TunnelHost> => tunnelInMemory(news);

describe("a tunnel", () => {
  it("is started, tells what Meta is to be told, and is stopped", async () => {
    const { user } = open();
    expect((await screen.findByTestId("tunnel-program")).textContent).toContain("2025.11.1");
    expect(screen.getByTestId("tunnel-no-challenge")).toBeTruthy();
    expect(screen.getByTestId("tunnel-check")).toHaveProperty("disabled", true);
    expect(await violations(PART)).toEqual([]);
    await user.click(screen.getByTestId("tunnel-start"));
    expect((await screen.findByTestId("tunnel-url")).textContent).toBe(URL);
    expect(screen.getByTestId("tunnel-callback").textContent).toBe(`${URL}/api/webhooks/instagram`);
    expect(screen.getByTestId("tunnel-health").textContent).toContain("The listener answers.");
    expect(screen.getByTestId("tunnel-kind")).toHaveProperty("disabled", true);
    await user.click(screen.getByTestId("tunnel-check"));
    expect((await screen.findByTestId("tunnel-checked")).textContent).toContain("content");
    expect(await violations(PART)).toEqual([]);
    await user.click(screen.getByTestId("tunnel-stop"));
    await waitFor(() => expect(screen.queryByTestId("tunnel-url")).toBeNull());
    expect(screen.queryByTestId("tunnel-checked")).toBeNull();
  });

  it("says what is missing, and that nothing listens", async () => {
    const { user } = open({}, { state: "stopped", address: null });
    await screen.findByTestId("tunnel-program");
    await user.selectOptions(screen.getByTestId("tunnel-kind"), "ngrok");
    expect(screen.getByTestId("tunnel-program").textContent).toContain("not installed");
    expect(screen.getByTestId("tunnel-start")).toHaveProperty("disabled", true);
    expect(screen.getByText(/Start the listener first/)).toBeTruthy();
    expect(await violations(PART)).toEqual([]);
  });

  it("says why it was not started", async () => {
    const { user } = open({
      start: async () => {
        throw new HostError({ code: "invalid", message: "Give the host." });
      },
    });
    await user.selectOptions(await screen.findByTestId("tunnel-kind"), "ssh");
    await user.click(screen.getByTestId("tunnel-start"));
    expect((await screen.findByTestId("tunnel-problem")).textContent).toBe("Give the host.");
    await user.type(screen.getByTestId("tunnel-ssh-host"), "m");
    expect(screen.queryByTestId("tunnel-problem")).toBeNull();
  });

  it("takes the options of every kind", async () => {
    const start = vi.fn(async () => undefined);
    const { user } = open({ start });
    const kind = await screen.findByTestId("tunnel-kind");
    await user.selectOptions(kind, "ssh");
    await user.type(screen.getByTestId("tunnel-ssh-host"), "me@example.com");
    await user.clear(screen.getByTestId("tunnel-ssh-remote-port"));
    await user.type(screen.getByTestId("tunnel-ssh-remote-port"), "8080");
    await user.click(screen.getByTestId("tunnel-ssh-more"));
    await user.type(screen.getByTestId("tunnel-ssh-options"), "Compression=yes");
    await user.click(screen.getByTestId("tunnel-ssh-accept"));
    expect(await violations(PART)).toEqual([]);
    for (const [name, field] of [
      ["own_url", "tunnel-own-url"],
      ["command", "tunnel-command"],
      ["cloudflared_named", "tunnel-hostname"],
      ["ngrok", "tunnel-domain"],
    ] as const) {
      await user.selectOptions(kind, name);
      expect(screen.getByTestId(field)).toBeTruthy();
    }
    await user.selectOptions(kind, "ssh");
    await user.click(screen.getByTestId("tunnel-start"));
    expect(start).toHaveBeenCalledWith(
      expect.objectContaining({
        kind: "ssh",
        ssh: expect.objectContaining({
          host: "me@example.com",
          remotePort: 8080,
          acceptNewHost: true,
          options: "Compression=yes",
        }),
      }),
    );
  });

  it("says that its address changed, and what does not come through it", async () => {
    open(
      saying({
        status: tunnelStatus({
          state: { is: "up", url: URL, since: AT },
          kind: "cloudflared_quick",
          port: 8700,
          command: "cloudflared tunnel",
          earlierUrl: "https://a-b.trycloudflare.com",
          health: {
            at: AT,
            millis: 30,
            problem: "tunnel_gone",
            says: "Cloudflare says that no tunnel is connected to this address (status 530).",
            advice: "The tunnel has ended. Start it again.",
            since: AT,
          },
        }),
      }),
    );
    expect((await screen.findByTestId("tunnel-changed")).textContent).toContain(
      "paste it into Meta’s dashboard again",
    );
    expect(screen.getByTestId("tunnel-health").textContent).toContain("status 530");
    expect(screen.getByTestId("tunnel-leads").textContent).toContain("8787 now");
    expect(await violations(PART)).toEqual([]);
  });

  it("says what became of it when it does not come up", async () => {
    open(
      saying({
        status: tunnelStatus({
          state: {
            is: "failed",
            reason: "cloudflared is not logged in",
            advice: "Run `cloudflared tunnel login` once in a terminal.",
          },
          command: "cloudflared tunnel run hooks",
          output: [{ at: AT, text: "ERR Cannot determine default", ours: false }],
        }),
      }),
    );
    const says = await screen.findByTestId("tunnel-says");
    expect(says.textContent).toContain("cloudflared is not logged in. Run `cloudflared tunnel");
    expect(screen.getByTestId("tunnel-output").textContent).toContain("Last lines of cloudflared");
  });

  it("subscribes an account and, after asking, the app", async () => {
    const { user } = open();
    await user.click(await screen.findByTestId("tunnel-start"));
    await screen.findByTestId("tunnel-url");
    await user.click(screen.getByText("Subscribe through the Graph API"));
    const account = await screen.findByTestId("tunnel-account");
    expect(account.textContent).toContain("told nothing");
    await user.click(screen.getByTestId("tunnel-subscribe-account"));
    await waitFor(() =>
      expect(screen.getByTestId("tunnel-account").textContent).toContain("messages, comments"),
    );
    expect(screen.getByTestId("tunnel-subscribe-app")).toHaveProperty("disabled", true);
    await user.type(screen.getByTestId("tunnel-app-id"), "100000000000061");
    await user.type(screen.getByTestId("tunnel-app-secret"), "secret");
    await user.click(screen.getByTestId("tunnel-show-app"));
    expect((await screen.findByTestId("tunnel-app")).textContent).toContain("old.example.com");
    await user.click(screen.getByTestId("tunnel-subscribe-app"));
    expect((await screen.findByTestId("tunnel-confirm")).textContent).toContain(
      "Nothing is posted to https://old.example.com/webhook any more.",
    );
    expect(await violations(PART)).toEqual([]);
    await user.click(screen.getByTestId("tunnel-confirm-subscribe"));
    await waitFor(() => expect(screen.getByTestId("tunnel-app").textContent).toContain(URL));
  });

  it("shows each verification with who asked and how it ended", async () => {
    const one = { at: AT, from: "198.51.100.9", userAgent: "facebookplatform/1.0", missing: [] };
    open(
      saying({
        challenges: [
          { ...one, number: 1, asker: "somebody", outcome: "incomplete", missing: ["hub.mode"] },
          { ...one, number: 2, asker: "meta", outcome: "wrong_token" },
          { ...one, number: 3, asker: "meta", outcome: "answered" },
        ],
      }),
    );
    const seen = await screen.findAllByTestId("tunnel-challenge");
    expect(seen).toHaveLength(3);
    expect(seen[0]?.textContent).toContain("Meta asked: token right, answered.");
    expect(seen[1]?.textContent).toContain("another token");
    expect(seen[2]?.textContent).toContain("without hub.mode");
    expect(await violations(PART)).toEqual([]);
  });
});
