// @vitest-environment jsdom
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import { type Action, type Host, HostError } from "@/host";
import { recordingHost } from "@/host/memory";
import { createStores } from "./stores";
import { Window } from "./Window";

function start(change: Partial<Host> = {}, at = 0) {
  const host = { ...recordingHost({ at }), ...change };
  const { stores, builder } = createStores(host);
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  return { user: userEvent.setup({ delay: null }), host, stores, builder };
}

async function open(at = 0, change: Partial<Host> = {}) {
  const started = start(change, at);
  await screen.findByTestId("composer");
  return started;
}

/** A host that takes every action and answers with the same view. */
function taking(at: number) {
  const host = recordingHost({ at });
  const taken: Action[] = [];
  return {
    taken,
    change: {
      act: async (action: Action) => {
        taken.push(action);
        return host.simulatorView();
      },
    },
  };
}

const choose = async (user: ReturnType<typeof userEvent.setup>, name: string) =>
  user.click(screen.getByTestId(`person-${name}`));

describe("talking", () => {
  it("sends with Enter and shows answer, state, reason and cache", async () => {
    const { user } = await open();
    await user.type(screen.getByTestId("composer"), "What's the menu?{Enter}");
    expect(await screen.findByRole("button", { name: "Yes please" })).toBeTruthy();
    expect(screen.getByTestId("state-current").dataset.state).toBe("awaiting_opening_response");
    expect(screen.getByTestId("why-summary").textContent).toContain("“Menu” started");
    expect(within(screen.getByTestId("cache-workspace")).getByText("1 miss")).toBeTruthy();
    expect((screen.getByTestId("composer") as HTMLTextAreaElement).value).toBe("");
  });

  it("goes on when a button is tapped, and the gate and the countdown move on", async () => {
    const { user } = await open(1);
    expect(screen.getByTestId("state-expires").textContent).toBe("expires in 24:00:00");
    await user.click(screen.getByRole("button", { name: "Yes please" }));
    await waitFor(() =>
      expect(screen.getByTestId("state-current").dataset.state).toBe(
        "awaiting_follow_confirmation",
      ),
    );
    expect(screen.getByTestId("step-opening").dataset.status).toBe("passed");
  });

  it("gives the draft back when it was refused, and says why", async () => {
    const { user } = await open();
    await user.type(screen.getByTestId("composer"), "something else{Enter}");
    expect((await screen.findByTestId("notice")).textContent).toContain("This is a recording");
    expect((screen.getByTestId("composer") as HTMLTextAreaElement).value).toBe("something else");
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByTestId("notice")).toBeNull();
  });

  it("writes comments and story replies on what was chosen", async () => {
    const { taken, change } = taking(0);
    const { user } = await open(0, change);
    await user.click(screen.getByTestId("surface-comment"));
    await user.selectOptions(screen.getByTestId("surface-media"), "Sourdough, step by step");
    await user.type(screen.getByTestId("composer"), "recipe?{Enter}");
    await user.click(screen.getByTestId("surface-story"));
    await user.type(screen.getByTestId("composer"), "wow{Enter}");
    expect(taken).toEqual([
      expect.objectContaining({ do: "comment", media: "18000000000000072", text: "recipe?" }),
      expect.objectContaining({ do: "reply_to_story", story: "18000000000000031", text: "wow" }),
    ]);
  });

  it("goes back to the messages once something is awaited there", async () => {
    const { user } = await open(8);
    await choose(user, "Tom");
    await user.click(screen.getByTestId("surface-comment"));
    await user.type(screen.getByTestId("composer"), "recipe please!{Enter}");
    await screen.findByText("Sent you a message!", { selector: "article *" });
    await waitFor(() =>
      expect(screen.getByTestId("surface-dm").getAttribute("aria-checked")).toBe("true"),
    );
  });

  it("answers by hand until that is left with Escape", async () => {
    const { taken, change } = taking(1);
    const { user } = await open(1, change);
    await user.click(screen.getByTestId("composer-more"));
    await user.click(screen.getByRole("menuitem", { name: "Answer by hand as @bakery" }));
    await user.type(screen.getByTestId("composer"), "One moment, please{Enter}");
    expect(taken).toEqual([
      expect.objectContaining({ do: "human_reply", text: "One moment, please" }),
    ]);
    await user.keyboard("{Escape}");
    expect(screen.getByTestId("surface-dm")).toBeTruthy();
  });

  it("deletes, edits and reacts from a message's menu", async () => {
    const { taken, change } = taking(1);
    const { user } = await open(1, change);
    const [own, theirs] = screen.getAllByTestId("bubble");
    if (!own || !theirs) throw new Error("there are two messages");
    const menu = () => ({ name: "What can be done with this message" });
    await user.click(within(own).getByRole("button", menu()));
    await user.click(screen.getByRole("menuitem", { name: "Delete" }));
    await user.click(within(theirs).getByRole("button", menu()));
    await user.click(screen.getByRole("menuitem", { name: "React with ❤️" }));
    await user.click(within(own).getByRole("button", menu()));
    await user.click(screen.getByRole("menuitem", { name: "Edit" }));
    await user.type(screen.getByTestId("composer"), " please{Enter}");
    expect(taken).toEqual([
      expect.objectContaining({ do: "delete_message", bubble: "bubble-1" }),
      expect.objectContaining({ do: "react", bubble: "bubble-2", emoji: "❤️" }),
      expect.objectContaining({ do: "edit_message", text: "what's the menu? please" }),
    ]);
  });

  it("taps a quick reply", async () => {
    const { taken, change } = taking(12);
    const host = recordingHost({ at: 12 });
    const view = await host.simulatorView();
    for (const bubble of view.people[2]?.conversation ?? []) {
      if (bubble.send) Object.assign(bubble, { send: "sent", arrived: true });
    }
    const { user } = await open(12, { ...change, simulatorView: async () => view });
    await choose(user, "Ana");
    await user.click(screen.getByRole("button", { name: "Saturday" }));
    expect(taken).toEqual([expect.objectContaining({ do: "tap_quick_reply", reply: 0 })]);
  });

  it("opens no address, and says that a link sends no webhook", async () => {
    const { taken, change } = taking(8);
    const { user } = await open(8, change);
    const [order] = screen.getAllByRole("button", { name: "Order" });
    if (order) await user.click(order);
    expect(taken).toEqual([]);
    expect(screen.getByTestId("notice").textContent).toContain("no webhook comes");
  });

  it("begins with a suggestion from the workspace's own words", async () => {
    const { taken, change } = taking(0);
    const { user } = await open(0, change);
    await user.click(screen.getByRole("button", { name: "Say “menu”" }));
    expect(taken).toEqual([expect.objectContaining({ do: "say", text: "menu" })]);
  });
});

describe("a message that was not sent", () => {
  it("says why, can not be tapped, and is one click from the status line", async () => {
    const { user } = await open(12);
    await user.click(screen.getByRole("button", { name: "1 failed" }));
    expect(screen.getByTestId("bubble-error").textContent).toContain("Not sent: Instagram refused");
    expect(screen.queryByRole("button", { name: "Saturday" })).toBeNull();
    expect(screen.getByTestId("step-main").textContent).toContain("not sent");
  });
});

describe("why", () => {
  it("shows the decision of the message that is chosen, and follows the latest again", async () => {
    const { user } = await open(3);
    expect(screen.getByTestId("why-summary").textContent).toContain("asked again");
    const [first] = screen.getAllByTestId("bubble");
    if (first) await user.click(first);
    expect(screen.getByTestId("why-summary").textContent).toContain("started");
    expect(screen.getByText("1 of 3")).toBeTruthy();
    await user.keyboard("]]");
    expect(screen.getByTestId("why-summary").textContent).toContain("asked again");
  });

  it("names every automation looked at with its verdict", async () => {
    await open(1);
    const why = within(screen.getByTestId("why"));
    expect(why.getByText("matched: keyword “menu” as a word")).toBeTruthy();
    expect(why.getByText("not tried: an earlier one matched first")).toBeTruthy();
  });

  it("unfolds the webhook as it arrived", async () => {
    const { user } = await open(1);
    await user.click(screen.getByTestId("raw-webhook"));
    expect(await screen.findByText(/"object": "instagram"/)).toBeTruthy();
  });
});

describe("people", () => {
  it("are chosen with arrow keys, and what they have not read is counted", async () => {
    const { user } = await open(9);
    const maya = screen.getByTestId("person-Maya");
    expect(within(screen.getByTestId("person-Tom")).getByTitle("2 new messages")).toBeTruthy();
    maya.focus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByTestId("person-Tom").getAttribute("aria-current")).toBe("true");
    expect(document.activeElement).toBe(screen.getByTestId("person-Tom"));
    expect(screen.getByText("Private reply to a comment")).toBeTruthy();
    expect(screen.getByText("Comment on “Oat and honey cookies”")).toBeTruthy();
  });

  it("show their captured email and follow with a switch", async () => {
    const { user } = await open(3);
    await user.click(screen.getByRole("switch", { name: "Follows @bakery" }));
    await waitFor(() =>
      expect(
        screen.getByRole("switch", { name: "Follows @bakery" }).getAttribute("aria-checked"),
      ).toBe("true"),
    );
    expect(screen.getByTestId("person-email").textContent).toBe("none yet");
  });

  it("are added by name and come to the front", async () => {
    const base = recordingHost({ at: 0 });
    const addPerson = vi.fn(async (name: string, follows: boolean) => {
      const view = await base.simulatorView();
      const [first] = view.people;
      if (first) view.people.push({ ...first, id: "nora", name, username: "nora", follows });
      return view;
    });
    const { user } = await open(0, { addPerson });
    await user.click(screen.getByTestId("person-add"));
    await user.type(screen.getByTestId("person-name"), " Nora ");
    await user.selectOptions(screen.getByTestId("person-language"), "Arabic");
    await user.click(screen.getByTestId("person-follows"));
    await user.click(screen.getByTestId("person-create"));
    expect(addPerson).toHaveBeenCalledWith("Nora", true, "ar");
    expect((await screen.findByTestId("person-Nora")).getAttribute("aria-current")).toBe("true");
    expect(screen.queryByTestId("person-name")).toBeNull();
  });
});

describe("the flow", () => {
  it("shows any other automation, and says when it is off", async () => {
    const { user } = await open(1);
    await user.selectOptions(screen.getByTestId("flow-picker"), "Anything else (off)");
    expect(screen.getByTestId("flow").dataset.automation).toBe("small-talk");
    expect(screen.getByText("This automation is off: nothing triggers it.")).toBeTruthy();
    expect(screen.queryByTestId("state-current")).toBeNull();
  });
});

describe("the clock", () => {
  it("lets time pass", async () => {
    const { user } = await open(5);
    expect(screen.getByTestId("clock").textContent).toBe("14:02:35");
    await user.click(screen.getByTestId("advance-11m"));
    await waitFor(() => expect(screen.getByTestId("clock").textContent).toBe("14:13:35"));
    expect(screen.getByTestId("state-expires").textContent).toBe("expires in 23:49:00");
  });

  it("goes to the next expiry, or as far as is written", async () => {
    const passed: number[] = [];
    const base = recordingHost({ at: 1 });
    const { user } = await open(1, {
      letPass: async (millis) => {
        passed.push(millis);
        return base.simulatorView();
      },
    });
    await user.click(screen.getByTestId("advance-expiry"));
    await user.click(screen.getByTestId("advance-custom"));
    await user.type(screen.getByLabelText("How long"), "soon{Enter}");
    expect(screen.getByText("Write a duration such as 90 min, 9 h or 2 d.")).toBeTruthy();
    await user.clear(screen.getByLabelText("How long"));
    await user.type(screen.getByLabelText("How long"), "9 h{Enter}");
    expect(passed).toEqual([24 * 3_600_000, 9 * 3_600_000]);
  });

  it("has no next expiry while nothing is awaited", async () => {
    await open(8);
    expect((screen.getByTestId("advance-expiry") as HTMLButtonElement).disabled).toBe(true);
  });
});

describe("starting over", () => {
  it("says what it throws away, and can be left", async () => {
    const { user } = await open(8);
    await user.click(screen.getByTestId("reset"));
    const dialog = screen.getByRole("dialog", { name: "Start over with Bakery?" });
    expect(dialog.textContent).toContain("14 messages with 1 person");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("reset"));
    await user.click(screen.getByTestId("reset"));
    await user.click(screen.getByTestId("reset-confirm"));
    expect(await screen.findByText("Maya has not written yet.")).toBeTruthy();
  });
});

describe("the listener", () => {
  const status = {
    state: "running",
    address: "http://127.0.0.1:8787/api/webhooks/instagram",
    port: 8787,
    verifyToken: "verify-me",
    accepted: 3,
    rejected: 1,
    error: null,
  } as const;

  it("shows its address in the frame and everything else behind it", async () => {
    const { user } = await open(0, { listenerStatus: async () => status });
    expect(screen.getByTestId("listener-address").textContent).toBe("127.0.0.1:8787");
    await user.click(screen.getByTestId("listener"));
    expect(screen.getByText(status.address)).toBeTruthy();
    expect(screen.getByText("verify-me")).toBeTruthy();
    expect(screen.getByTestId("listener-accepted").textContent).toBe("3");
    expect(screen.getByTestId("listener-rejected").textContent).toBe("1");
    expect(screen.queryByText("recorded-app-secret")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show" }));
    expect(await screen.findByText("recorded-app-secret")).toBeTruthy();
  });

  it("that could not start says why and offers a way out", async () => {
    const ports: number[] = [];
    const error = "Port 8787 is in use by another program. Choose another one.";
    const { user } = await open(0, {
      listenerStart: async (port) => {
        ports.push(port);
        if (port === 8787) return { ...status, state: "failed", address: null, error };
        return { ...status, port, address: `http://127.0.0.1:${port}/api/webhooks/instagram` };
      },
    });
    await user.click(screen.getByTestId("listener"));
    await user.click(screen.getByTestId("listener-start"));
    expect((await screen.findByTestId("listener-error")).textContent).toContain(error);
    await user.click(screen.getByRole("button", { name: "Try port 8788" }));
    await waitFor(() =>
      expect(screen.getByTestId("listener-address").textContent).toBe("127.0.0.1:8788"),
    );
    expect(ports).toEqual([8787, 8788]);
  });

  it("copies a signed sample", async () => {
    const { user } = await open(0, {
      listenerStatus: async () => status,
      sampleCurl: async () => "curl --data …",
    });
    await user.click(screen.getByTestId("listener"));
    await user.click(screen.getByTestId("copy-curl"));
    expect(await navigator.clipboard.readText()).toBe("curl --data …");
    expect(screen.getByTestId("copy-curl").textContent).toBe("Copied");
  });
});

describe("the keyboard", () => {
  it("writes with /, lists its keys with ?, and leaves signs in a text alone", async () => {
    const { user } = await open();
    await user.keyboard("?");
    expect(screen.getByRole("dialog", { name: "Keyboard" })).toBeTruthy();
    await user.keyboard("{Escape}");
    await user.keyboard("/");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("composer")));
    await user.keyboard("?/");
    expect((screen.getByTestId("composer") as HTMLTextAreaElement).value).toBe("?/");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("moves from message to message and asks why with Enter", async () => {
    const { user } = await open(3);
    const bubbles = screen.getAllByTestId("bubble");
    bubbles[2]?.focus();
    await user.keyboard("{ArrowUp}{ArrowUp}{Enter}");
    expect(document.activeElement).toBe(bubbles[0]);
    expect(screen.getByText("1 of 3")).toBeTruthy();
  });

  it("switches person with Alt and an arrow, also while writing", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("composer"));
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(screen.getByTestId("person-Tom").getAttribute("aria-current")).toBe("true");
  });
});

describe("settings", () => {
  it("switch the theme and are kept", async () => {
    const saveSettings = vi.fn(async () => undefined);
    const { user } = await open(0, { saveSettings });
    await user.click(screen.getByTestId("theme"));
    expect(document.documentElement.dataset.theme).toBe("light");
    await user.click(screen.getByTestId("theme"));
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(saveSettings).toHaveBeenLastCalledWith(expect.objectContaining({ theme: "dark" }));
    await user.click(screen.getByTestId("theme"));
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });
});

describe("opening", () => {
  it("that fails says why and can be tried again", async () => {
    const host = recordingHost({ at: 0 });
    const simulatorView = vi
      .fn(host.simulatorView)
      .mockRejectedValueOnce(
        new HostError({ code: "unavailable", message: "The workspace file is in use." }),
      );
    const { user } = start({ simulatorView });
    expect((await screen.findByTestId("failure")).textContent).toContain("in use");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByTestId("composer")).toBeTruthy();
  });
});

describe("new messages", () => {
  it("are announced", async () => {
    const { stores } = await open();
    await act(async () => {
      await stores.session
        .getState()
        .act({ do: "say", person: "900000000000011", text: "what's the menu?" });
    });
    const live = document.querySelector('[aria-live="polite"]');
    await waitFor(() => expect(live?.textContent).toBe("@bakery: Hi Maya! Want this week's menu?"));
  });
});

describe("accessibility", () => {
  // Colours are not drawn here; tokens.test.ts measures their contrast.
  const check = async () => {
    const { violations } = await axe.run(document.body, {
      rules: { "color-contrast": { enabled: false } },
    });
    return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
  };

  it.each([
    ["empty", 0, []],
    ["waiting for a button", 1, []],
    ["with cards and an email", 8, []],
    ["with comments", 9, ["person-Tom", "surface-comment"]],
    ["with a failed send", 12, ["person-Ana"]],
    ["adding a person", 0, ["person-add"]],
    ["with the listener open", 0, ["listener"]],
    ["with a menu open", 0, ["composer-more"]],
    ["with the reset question", 3, ["reset"]],
    ["with the keys listed", 0, ["shortcuts"]],
    ["with the webhook unfolded", 1, ["raw-webhook"]],
  ] as const)("has no violations: %s", async (_, at, clicks) => {
    const { user } = await open(at);
    for (const id of clicks) await user.click(screen.getByTestId(id));
    expect(await check()).toEqual([]);
  });

  it("has no violations in a narrow window with tabs", async () => {
    vi.stubGlobal("matchMedia", () => ({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
    const { user } = await open(3);
    expect(await check()).toEqual([]);
    expect(screen.queryByTestId("why-summary")).toBeNull();
    // Asking a message why brings the answer to the front.
    const [first] = screen.getAllByTestId("bubble");
    if (!first) throw new Error("there is a message");
    await user.click(within(first).getByRole("button", { name: "Why was this answered so?" }));
    expect(screen.getByTestId("why-summary").textContent).toContain("started");
    expect(screen.getByTestId("tab-why").getAttribute("aria-selected")).toBe("true");
    expect(await check()).toEqual([]);
    vi.unstubAllGlobals();
  });
});
