import { describe, expect, it } from "vitest";
import type { Health, TunnelStatus } from "@/host";
import { tunnelStatus } from "@/host/memory/tunnel";
import { noticeOf } from "./notices";

const URL = "https://a-b.trycloudflare.com";
const AT = 1_790_000_000_000;

const news = (change: Partial<TunnelStatus>) => ({ status: tunnelStatus(change), challenges: [] });
const health = (problem: Health["problem"]): Health => ({
  at: AT,
  millis: 3,
  problem,
  says: problem ? "The name is not known." : "The listener answers.",
  advice: "",
  since: AT,
});
const up = (change: Partial<TunnelStatus> = {}) =>
  news({ state: { is: "up", url: URL, since: AT }, ...change });

describe("a notice", () => {
  it("is none at the first look, and none where nothing happened", () => {
    expect(noticeOf(null, up({ earlierUrl: "https://c-d.trycloudflare.com" }))).toBeNull();
    expect(noticeOf(up(), up())).toBeNull();
    expect(noticeOf(up({ health: null }), up({ health: health("name") }))).toBeNull();
    expect(noticeOf(up(), news({}))).toBeNull();
  });

  it("says that the address is another one", () => {
    const now = up({ earlierUrl: "https://c-d.trycloudflare.com" });
    expect(noticeOf(news({ state: { is: "starting", since: AT } }), now)).toContain("changed");
  });

  it("says that the tunnel was lost, has failed, or leads to nobody", () => {
    const lost = news({
      state: { is: "reconnecting", attempt: 1, at: AT, reason: "ssh ended (exit status 255)" },
    });
    expect(noticeOf(up(), lost)).toContain("ssh ended");
    expect(noticeOf(lost, lost)).toBeNull();
    const failed = news({ state: { is: "failed", reason: "Permission denied", advice: "" } });
    expect(noticeOf(lost, failed)).toContain("Permission denied");
    const ill = up({ health: health("tunnel_gone") });
    expect(noticeOf(up({ health: health(null) }), ill)).toContain("name is not known");
  });
});
