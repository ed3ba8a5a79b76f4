// @vitest-environment jsdom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { AuditEntry, ConnectionsHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { connectionsInMemory } from "@/host/memory/connections";
import { openScreen, violations } from "./inTests";

async function open(change: Partial<ConnectionsHost>) {
  const connections = { ...connectionsInMemory(), ...change };
  return openScreen({ ...recordingHost({ at: 4 }), connections }, 7, "connections-new");
}

describe("the audit log", () => {
  const line = (n: number): AuditEntry => ({
    id: `line-${n}`,
    at: 1_790_000_000_000 + n,
    profile: "Shop",
    level: "live",
    what: n % 2 === 0 ? "Forgetting failed sends" : "Saving an account",
    subject: `subject ${n}`,
    before: null,
    after: null,
    outcome: "done",
    why: null,
  });
  const PAGE = 4;

  /** A log of so many lines, which grows by itself. */
  function log(all: AuditEntry[]) {
    const asked: (string | null)[] = [];
    const audit: ConnectionsHost["audit"] = async (part, text, before) => {
      asked.push(before);
      const inPart = all.filter(
        ({ what }) => part === "all" || (part === "messages") === what.startsWith("Sending"),
      );
      const found = inPart
        .filter(({ what, subject }) => `${what} ${subject}`.toLowerCase().includes(text))
        .reverse();
      const at = found.findIndex(({ id }) => id === before);
      const newer = at + 1;
      const entries = found.slice(newer, newer + PAGE);
      return {
        entries,
        newer,
        found: found.length,
        all: inPart.length,
        unreadable: 0,
        trouble: null,
      };
    };
    return { audit, asked };
  }

  const MESSAGE: AuditEntry = {
    ...line(100),
    what: "Sending a message",
    subject: "to 501 from 1001",
    after: JSON.stringify({
      automation: "menu",
      message: { type: "text", text: "Here is the menu." },
      messageId: "mid.1",
      step: "main",
    }),
    outcome: "unknown",
    why: "unknown: no answer came",
  };

  const lines = () => screen.getAllByTestId("audit-line");
  const subjects = () => lines().map((row) => row.querySelector("code")?.textContent);
  const range = (text: string) =>
    waitFor(() => expect(screen.getByTestId("audit-range").textContent).toBe(text));

  it("is read to its beginning a page at a time, whatever is added meanwhile", async () => {
    const all = Array.from({ length: 10 }, (_, n) => line(n));
    const { audit, asked } = log(all);
    const { user } = await open({ audit });
    await range("1 – 4");
    expect(subjects()[0]).toBe("subject 9");
    expect(await violations()).toEqual([]);
    all.push(line(11));
    await user.click(screen.getByTestId("audit-older"));
    await range("6 – 9");
    expect(subjects()).toEqual(["subject 5", "subject 4", "subject 3", "subject 2"]);
    await user.click(screen.getByTestId("audit-older"));
    await range("10 – 11");
    expect(subjects()).toEqual(["subject 1", "subject 0"]);
    expect((screen.getByTestId("audit-older") as HTMLButtonElement).disabled).toBe(true);
    await user.click(screen.getByTestId("audit-newer"));
    await range("6 – 9");
    await user.click(screen.getByTestId("audit-newer"));
    await range("1 – 4");
    expect(subjects()[0]).toBe("subject 11");
    expect(asked.at(-1)).toBeNull();
  });

  it("is searched as a whole, and begins anew with other words", async () => {
    const { audit } = log(Array.from({ length: 20 }, (_, n) => line(n)));
    const { user } = await open({ audit });
    await range("1 – 4");
    await user.click(screen.getByTestId("audit-older"));
    await range("5 – 8");
    await user.type(screen.getByTestId("audit-search"), "forgetting");
    await waitFor(() => expect(screen.getByTestId("audit-count").textContent).toBe("10 of 20"));
    await range("1 – 4");
    expect(subjects()).toEqual(["subject 18", "subject 16", "subject 14", "subject 12"]);
  });

  it("shows messages and changes together or apart, and exports what it shows", async () => {
    const { audit } = log([...Array.from({ length: 6 }, (_, n) => line(n)), MESSAGE]);
    const exported: string[] = [];
    const { user } = await open({
      audit,
      exportAudit: async (part, text) => {
        exported.push(`${part} ${text}`);
        return "/somewhere/audit.csv";
      },
    });
    await range("1 – 4");
    expect(lines()[0]?.textContent).toContain("“Here is the menu.” by menu, main");
    expect(lines()[0]?.textContent).toContain("unknown");
    await user.click(screen.getByTestId("audit-older"));
    await range("5 – 7");
    await user.click(screen.getByTestId("audit-part-messages"));
    await waitFor(() => expect(subjects()).toEqual(["to 501 from 1001"]));
    expect(screen.getByTestId("audit-count").textContent).toBe("1 line");
    await user.type(screen.getByTestId("audit-search"), "501");
    await user.click(screen.getByTestId("audit-export"));
    expect(exported).toEqual(["messages 501"]);
    await user.clear(screen.getByTestId("audit-search"));
    await user.click(screen.getByTestId("audit-part-changes"));
    await waitFor(() => expect(subjects()[0]).toBe("subject 5"));
    await range("1 – 4");
  });

  it("keeps the way to other lines where a part has none", async () => {
    const { audit } = log([line(1)]);
    const { user } = await open({ audit });
    await waitFor(() => expect(subjects()).toEqual(["subject 1"]));
    await user.click(screen.getByTestId("audit-part-messages"));
    const empty = await screen.findByTestId("audit-empty");
    expect(empty.textContent).toContain("No message was sent yet");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("audit-part-all"));
    await waitFor(() => expect(subjects()).toEqual(["subject 1"]));
  });

  it("is walked through by keys, and its lines unfold and have a menu", async () => {
    const { audit } = log([line(1), line(2), MESSAGE]);
    const { user } = await open({ audit });
    await waitFor(() => expect(lines().length).toBe(3));
    const table = screen.getByTestId("audit-lines");
    table.focus();
    await user.keyboard("{ArrowDown}");
    expect(table.getAttribute("aria-activedescendant")).toBe(lines()[0]?.id);
    await user.keyboard("{Enter}");
    const whole = screen.getByTestId("audit-whole");
    expect(whole.textContent).toContain("no answer came");
    expect(whole.textContent).toContain("mid.1");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("audit-whole")).toBeNull();
    // The button of a line has the keys that are pressed on it.
    screen.getByTestId("audit-open").focus();
    await user.keyboard("{Enter}");
    expect(screen.getByTestId("audit-whole")).toBeTruthy();

    table.focus();
    await user.keyboard("{End}{Shift>}{F10}{/Shift}");
    const menu = within(screen.getByRole("menu", { name: "Line “Saving an account”" }));
    const unfold = menu.getByTestId("audit-open-menu") as HTMLButtonElement;
    expect(unfold.disabled, "there is no more of it").toBe(true);
    await user.click(menu.getByTestId("audit-find-menu"));
    await waitFor(() => expect(subjects()).toEqual(["subject 1"]));
    expect(screen.getByTestId<HTMLInputElement>("audit-search").value).toBe("subject 1");
  });

  it("says that nothing is sent while it cannot be written", async () => {
    const audit: ConnectionsHost["audit"] = async () => ({
      entries: [line(1)],
      newer: 0,
      found: 1,
      all: 1,
      unreadable: 0,
      trouble: "No space left on device",
    });
    await open({ audit });
    const trouble = await screen.findByTestId("audit-trouble");
    expect(trouble.textContent).toContain("nothing more is sent: No space left on device.");
  });
});
