// @vitest-environment jsdom
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { type BulkNews, type ConversationsHost, HostError, type PeopleNews } from "@/host";
import { recordingHost } from "@/host/memory";
import { OFFLINE } from "@/host/memory/connections";
import { conversationsInMemory, person } from "@/host/memory/conversations";
import { openScreen, violations } from "./inTests";

async function open(change: Partial<ConversationsHost> = {}, memory = conversationsInMemory()) {
  const host = { ...recordingHost({ at: 4 }), conversations: { ...memory, ...change } };
  return openScreen(host, 4, "people-search");
}

const rows = () => screen.getAllByTestId("people-row");

/** Opens it where the test says what is told, on top of what is so. */
async function openTold(memory = conversationsInMemory()) {
  let tell: (news: PeopleNews) => void = () => undefined;
  let last: PeopleNews | null = null;
  const opened = await open(
    {
      watch: (onNews) => {
        tell = onNews;
        return memory.watch(onNews);
      },
      look: async (look) => {
        last = await memory.look(look);
        return last;
      },
    },
    memory,
  );
  await waitFor(() => expect(rows()).toHaveLength(3));
  const told = (change: Partial<PeopleNews>) =>
    act(() => tell({ ...(last as unknown as PeopleNews), ...change }));
  return { ...opened, told };
}

describe("the list", () => {
  it("shows who stands where for how long, and how many there are", async () => {
    await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    const maya = within(rows()[0] as HTMLElement);
    expect(maya.getByText("Maya Lindqvist")).toBeTruthy();
    expect(maya.getByText("1 h 30 min")).toBeTruthy();
    expect(maya.getByText("22 h 30 min")).toBeTruthy();
    expect(screen.getByTestId("funnel-email").textContent).toContain("2");
    expect(await violations()).toEqual([]);
  });

  it("is narrowed by the funnel, searched, and widened again", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("funnel-email"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(screen.getByTestId("funnel-email").getAttribute("aria-pressed")).toBe("true");
    await user.type(screen.getByTestId("people-search"), "nobody");
    await user.click(await screen.findByTestId("people-clear"));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.getByTestId<HTMLInputElement>("people-search").value).toBe("");
  });

  it("teaches while nobody is waited for", async () => {
    await open({}, conversationsInMemory({ people: [] }));
    expect((await screen.findByTestId("people-empty")).textContent).toContain("until they answer");
    expect(await violations()).toEqual([]);
  });

  it("says why it cannot be read, and keeps what it showed", async () => {
    const { told } = await openTold();
    told({ failure: "MongoDB does not answer." });
    expect((await screen.findByTestId("people-failure")).textContent).toContain("MongoDB");
    expect(rows()).toHaveLength(3);
  });

  it("lists contacts and writes them as a table", async () => {
    const memory = conversationsInMemory();
    const exportPeople = vi.fn(memory.exportPeople);
    const { user } = await open({ exportPeople }, memory);
    await user.click(screen.getByTestId("people-contacts"));
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("people-export"));
    expect((await screen.findByTestId("notice")).textContent).toContain("/data/contacts.csv");
    expect(exportPeople.mock.calls[0]?.[0].list).toBe("contacts");
    expect(exportPeople.mock.calls[0]?.[1]).toBeNull();
  });
});

describe("a contact", () => {
  it("opens with Enter, shows its history, and closes with Escape", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(screen.getByTestId("people-search"));
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect((await screen.findByTestId("person-name")).textContent).toBe("Maya Lindqvist");
    const history = await screen.findByTestId("history");
    expect(history.textContent).toContain("Want the menu?");
    expect(within(history).getByText("waiting for the button")).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("person-tab-held"));
    expect(screen.getByTestId("held-user_state").textContent).toContain("They differ");
    expect(screen.getByTestId("held-user_state").textContent).toContain("MongoDB yet");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("person")).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId("people-list"));
  });

  it("is released after a question that says what it does", async () => {
    const memory = conversationsInMemory();
    const set = vi.fn(memory.set);
    const { user } = await open({ set }, memory);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    expect((await screen.findByTestId("confirm-release")).textContent).toContain(
      "“Menu” waits for a click on the opening message's button from Maya Lindqvist",
    );
    expect(set).not.toHaveBeenCalled();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(set.mock.calls[0]?.[0]).toMatchObject({
      contactId: "901",
      change: { change: "release" },
      seen: expect.any(Number),
    });
  });

  it("is cleared after a question that says what goes and what stays, and put back", async () => {
    const memory = conversationsInMemory();
    const set = vi.fn(memory.set);
    const { user } = await open({ set }, memory);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-clear"));
    const question = (await screen.findByTestId("confirm-clear")).textContent;
    expect(question).toContain("from Redis and from MongoDB");
    expect(question).toContain("What is known of them stays");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(set.mock.calls[0]?.[0].change).toEqual({ change: "clear" });
    await user.click(await screen.findByTestId("notice-action"));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect((await screen.findByTestId("bulk-state")).textContent).toBe("1 put back");
  });

  it("is moved to the step that is chosen", async () => {
    const memory = conversationsInMemory();
    const set = vi.fn(memory.set);
    const { user } = await open({ set }, memory);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-move"));
    // The next one is proposed.
    expect((await screen.findByTestId("move-what")).textContent).toContain(
      "wait for an email address",
    );
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(screen.getByTestId("funnel-email").textContent).toContain("3"));
    expect(set.mock.calls[0]?.[0].change).toEqual({
      change: "move",
      automationId: "menu",
      state: "awaiting_email",
    });
  });

  it("that has moved on meanwhile is left alone, and the question says so", async () => {
    const { user } = await open({
      set: async () => {
        throw new HostError({ code: "conflict", message: "They do not stand there any more." });
      },
    });
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    await user.click(await screen.findByTestId("confirm"));
    expect((await screen.findByTestId("confirm-problem")).textContent).toContain("any more");
  });

  it("whom a human has taken over is given back to the automations", async () => {
    const silenced = {
      ...person("905", "Eva Novak", null, 20),
      silencedUntil: 1_790_000_600_000 + 5 * 60_000,
    };
    const memory = conversationsInMemory({ people: [silenced] });
    const set = vi.fn(memory.set);
    const { user } = await open({ set }, memory);
    await user.click(screen.getByTestId("people-contacts"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(rows()[0]?.textContent).toContain("left alone for 5 min");
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-end-takeover"));
    expect((await screen.findByTestId("confirm-end_takeover")).textContent).toContain(
      "another 5 min",
    );
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(screen.queryByTestId("person-end-takeover")).toBeNull());
    expect(set.mock.calls[0]?.[0].change).toEqual({ change: "end_takeover" });
  });

  it("is not changed by what was read before, where it cannot be read anew", async () => {
    const memory = conversationsInMemory();
    let away = false;
    const reads: ConversationsHost["open"] = async (account, contact) => {
      const message = "MongoDB does not answer.";
      if (away) throw new HostError({ code: "unavailable", message });
      return memory.open(account, contact);
    };
    const { user } = await open({ open: reads }, memory);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-unsubscribe"));
    away = true;
    await user.click(await screen.findByTestId("confirm"));
    expect((await screen.findByTestId("person-stale")).textContent).toContain(
      "Not read anew: MongoDB does not answer.",
    );
    const buttons = ["person-release", "person-clear", "person-move", "person-unsubscribe"].map(
      (id) => screen.getByTestId<HTMLButtonElement>(id),
    );
    expect(buttons.map(({ disabled }) => disabled)).toEqual([true, true, true, true]);
    expect(buttons[0]?.title).toContain("Read it anew");
    expect(await violations()).toEqual([]);
    away = false;
    await user.click(screen.getByTestId("person-again"));
    await screen.findByTestId("person-subscribe");
    expect(screen.queryByTestId("person-stale")).toBeNull();
  });

  it("is closed with all that belongs to it when another profile comes in front", async () => {
    const { user, stores, told } = await openTold();
    await user.click(screen.getByTestId("people-pick-all"));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    await screen.findByTestId("confirm-release");
    told({ bulk: bulk({ state: "finished", done: 3, kept: 3 }) });
    expect(screen.getByTestId("bulk-undo")).toBeTruthy();
    act(() => stores.session.setState({ connection: { ...OFFLINE, profile: "Shop" } }));
    for (const id of ["person", "confirm-release", "bulk-chosen", "bulk"]) {
      expect(screen.queryByTestId(id), id).toBeNull();
    }
    await waitFor(() => expect(rows()).toHaveLength(3));
  });

  it("stays open when its question is left with Escape", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    (await screen.findByTestId("confirm")).focus();
    await user.keyboard("{Escape}");
    expect(screen.getByTestId("person")).toBeTruthy();
  });

  it("cannot be changed while the profile only observes, and it says why", async () => {
    const { user } = await open({}, conversationsInMemory({ guard: "observe" }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(rows()[0] as HTMLElement);
    expect((await screen.findByTestId("person-observes")).textContent).toContain("only observes");
    for (const id of ["person-release", "person-clear", "person-move", "person-unsubscribe"]) {
      expect(screen.getByTestId(id)).toHaveProperty("disabled", true);
    }
    expect(await violations()).toEqual([]);
  });
});

const bulk = (change: Partial<BulkNews>): BulkNews => ({
  number: 1,
  change: "release",
  state: "running",
  failure: null,
  total: 3,
  done: 0,
  nothing: 0,
  movedOn: 0,
  failed: 0,
  kept: 0,
  ...change,
});

describe("several at once", () => {
  const chosen = () => screen.getByTestId("bulk-count").textContent;

  it("are chosen by box, range and keyboard, and not any more", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    const boxes = () => screen.getAllByTestId<HTMLInputElement>("people-pick");
    await user.click(boxes()[0] as HTMLElement);
    expect(chosen()).toBe("1 chosen");
    expect(rows()[0]?.getAttribute("aria-selected")).toBe("true");
    expect(screen.queryByTestId("person")).toBeNull();
    await user.keyboard("{Shift>}");
    await user.click(rows()[2] as HTMLElement);
    await user.keyboard("{/Shift}");
    await waitFor(() => expect(chosen()).toBe("3 chosen"));
    expect(screen.getByTestId<HTMLInputElement>("people-pick-all").checked).toBe(true);
    expect(await violations()).toEqual([]);
    screen.getByTestId("people-list").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("bulk-chosen")).toBeNull();
    await user.keyboard("{Home}{ArrowDown} ");
    expect(screen.getByTestId("bulk-count").textContent).toBe("1 chosen");
    await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
    await waitFor(() => expect(chosen()).toBe("2 chosen"));
    await user.keyboard("{Control>}a{/Control}");
    await waitFor(() => expect(chosen()).toBe("3 chosen"));
    // Whoever may not be listed any more does not stay chosen.
    await user.click(screen.getByTestId("funnel-email"));
    await waitFor(() => expect(screen.queryByTestId("bulk-chosen")).toBeNull());
  });

  it("are chosen by the box above them, which has the keys that are pressed on it", async () => {
    const { user } = await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    const list = screen.getByTestId("people-list");
    list.focus();
    await user.keyboard("{ArrowDown}");
    screen.getByTestId("people-pick-all").focus();
    await user.keyboard(" ");
    await waitFor(() => expect(chosen()).toBe("3 chosen"));
    await user.keyboard("{Enter}{ArrowDown}");
    expect(screen.queryByTestId("person")).toBeNull();
    await user.keyboard(" ");
    expect(screen.queryByTestId("bulk-chosen")).toBeNull();
  });

  it("are not crossed by what is done for one of them", async () => {
    const { user, told } = await openTold();
    await user.click(rows()[0] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    await screen.findByTestId("confirm-release");
    told({ bulk: bulk({ done: 1 }) });
    await user.click(screen.getByTestId("confirm"));
    expect(screen.getByTestId("confirm-problem").textContent).toContain("Wait for its end");
    await user.click(screen.getByText("Leave it"));
    const button = (id: string) => screen.getByTestId<HTMLButtonElement>(id);
    for (const id of ["person-release", "person-clear", "person-move"]) {
      expect(button(id).disabled, id).toBe(true);
      expect(button(id).title).toContain("Wait for its end");
    }
    expect(button("person-unsubscribe").disabled).toBe(false);
    await user.pointer({ keys: "[MouseRight]", target: rows()[1] as HTMLElement });
    expect(button("person-release-menu").disabled).toBe(true);
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    told({ bulk: bulk({ state: "finished", done: 3 }) });
    expect(button("person-release").disabled).toBe(false);
  });

  it("are released after a question with their number; each outcome is told, and undone", async () => {
    const memory = conversationsInMemory({ failing: { "903": "Redis does not answer." } });
    const bulk = vi.fn(memory.bulk);
    const { user } = await open({ bulk }, memory);
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(screen.getByTestId("people-pick-all"));
    await user.click(await screen.findByTestId("bulk-release"));
    expect((await screen.findByTestId("confirm-bulk-release")).textContent).toContain(
      "Release 3 conversations?",
    );
    expect(bulk).not.toHaveBeenCalled();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("confirm"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(bulk.mock.calls[0]?.[1].map(({ contactId }) => contactId)).toEqual([
      "901",
      "902",
      "903",
    ]);
    expect(screen.getByTestId("bulk-state").textContent).toBe("2 released · 1 failed");
    expect(screen.queryByTestId("bulk-chosen")).toBeNull();
    await user.click(screen.getByTestId("bulk-outcomes"));
    const outcomes = await screen.findByTestId("bulk-outcomes-dialog");
    await waitFor(() => expect(within(outcomes).getAllByRole("listitem")).toHaveLength(3));
    expect(within(outcomes).getAllByRole("listitem")[0]?.textContent).toBe(
      "Ana RuizRedis does not answer.",
    );
    expect(await violations()).toEqual([]);
    await user.click(within(outcomes).getByText("Close"));
    await user.click(screen.getByTestId("bulk-undo"));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.getByTestId("bulk-state").textContent).toBe("2 put back");
    await user.click(screen.getByTestId("bulk-close"));
    await waitFor(() => expect(screen.queryByTestId("bulk")).toBeNull());
  });

  it("can be put back where something was taken away of them, and only then", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("people-contacts"));
    await waitFor(() => expect(rows()).toHaveLength(4));
    const clear = async (...places: number[]) => {
      for (const place of places) {
        await user.click(screen.getAllByTestId("people-pick")[place] as HTMLElement);
      }
      await user.click(await screen.findByTestId("bulk-clear"));
      await user.click(await screen.findByTestId("confirm"));
      await waitFor(() =>
        expect(screen.getByTestId("bulk-state").textContent).toBe(`${places.length} cleared`),
      );
    };
    // Nothing is awaited of Tom; what is cleared is what is left of an old state.
    await clear(3);
    expect(screen.queryByTestId("bulk-undo")).toBeNull();
    await clear(0, 3);
    await user.click(screen.getByTestId("bulk-undo"));
    await waitFor(() => expect(screen.getByTestId("bulk-state").textContent).toBe("1 put back"));
    expect(screen.queryByTestId("bulk-undo")).toBeNull();
    // What is released by itself is kept instead.
    await clear(1);
    expect(screen.getByTestId("bulk-undo")).toBeTruthy();
    await user.click(rows()[2] as HTMLElement);
    await user.click(await screen.findByTestId("person-release"));
    await user.click(await screen.findByTestId("confirm"));
    await waitFor(() => expect(screen.queryByTestId("bulk-undo")).toBeNull());
  });

  it("say of how many nothing is awaited, and are exported", async () => {
    const memory = conversationsInMemory();
    const exportPeople = vi.fn(memory.exportPeople);
    const { user } = await open({ exportPeople }, memory);
    await user.click(screen.getByTestId("people-contacts"));
    await waitFor(() => expect(rows()).toHaveLength(4));
    await user.click(screen.getByTestId("people-pick-all"));
    await user.click(await screen.findByTestId("bulk-clear"));
    expect((await screen.findByTestId("confirm-bulk-clear")).textContent).toContain(
      "Of 1 of them nothing was awaited",
    );
    await user.click(screen.getByText("Leave it"));
    await user.click(screen.getByTestId("bulk-export"));
    expect((await screen.findByTestId("notice")).textContent).toContain("4 contacts exported");
    expect(exportPeople.mock.calls[0]?.[1]).toHaveLength(4);
  });

  it("cannot be changed while the profile only observes", async () => {
    const { user } = await open({}, conversationsInMemory({ guard: "observe" }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(screen.getByTestId("people-pick-all"));
    for (const id of ["bulk-release", "bulk-clear"]) {
      expect(await screen.findByTestId(id)).toHaveProperty("disabled", true);
    }
    expect(screen.getByTestId("bulk-export")).toHaveProperty("disabled", false);
  });
});

describe("what only Redis has", () => {
  it("is in no list of a profile without a cache of its own", async () => {
    await open();
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.queryByTestId("people-only_cached")).toBeNull();
  });

  it("is looked for when somebody asks, and marked", async () => {
    const lost = {
      ...person("950", "Lost Soul", "awaiting_email", 7),
      onlyCached: "no_document" as const,
    };
    const { user } = await open({}, conversationsInMemory({ strays: [lost] }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.click(screen.getByTestId("people-only_cached"));
    expect((await screen.findByTestId("strays-begin-pane")).textContent).toContain(
      "changes nothing",
    );
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("strays-begin"));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(rows()[0]?.textContent).toContain("only in Redis");
    expect(screen.getByTestId("strays-state").textContent).toContain("looked through");
    expect(await violations()).toEqual([]);
  });
});
