// @vitest-environment jsdom
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import { type BuilderHost, type Host, HostError, type Opened } from "@/host";
import { recordingHost } from "@/host/memory";
import { createStores } from "./stores";
import { Window } from "./Window";

async function open(change: (builder: BuilderHost) => Partial<BuilderHost> = () => ({})) {
  const recorded = recordingHost({ at: 0 });
  const builder = { ...recorded.builder, ...change(recorded.builder) };
  const host: Host = { ...recorded, builder };
  const made = createStores(host);
  render(
    <StoresProvider stores={made.stores}>
      <BuilderProvider stores={made.builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  const user = userEvent.setup({ delay: null });
  await user.click(await screen.findByTestId("screen-builder"));
  await screen.findByTestId("node-trigger");
  return { user, host, editing: made.builder.editing, drafting: made.builder.drafting };
}

// It is loaded when it is needed, which takes a while on a machine that builds.
beforeAll(async () => void (await import("./Builder")), 60_000);

const kept = () =>
  waitFor(() => expect(screen.getByTestId("saving").dataset.state).toBe("kept"), {
    timeout: 2000,
  });

const rename = async (user: ReturnType<typeof userEvent.setup>, name: string) => {
  const field = screen.getByTestId("automation-name");
  await user.clear(field);
  await user.type(field, name);
};

describe("a draft", () => {
  it("is saved by itself, published on purpose, and says what changes", async () => {
    const { user, host, editing } = await open();
    await user.click(screen.getByTestId("entry-Menu"));
    await waitFor(() => expect(editing.getState().draft?.id).toBe("menu"));
    await rename(user, "Carte");
    await screen.findByTestId("entry-Carte");
    await kept();
    expect((await host.builder.open("menu")).published?.name).toBe("Menu");
    await user.click(screen.getByTestId("publish"));
    const change = await screen.findByTestId("change-name");
    expect(change.textContent).toContain("Menu");
    expect(change.textContent).toContain("Carte");
    await user.click(screen.getByTestId("publish-confirm"));
    await waitFor(() => expect(screen.queryByTestId("publish-dialog")).toBeNull());
    expect((await host.builder.open("menu")).published?.name).toBe("Carte");
    expect(screen.getByTestId("saving").textContent).toBe("As published");
    // What was published is where its history begins again, and not lost.
    expect(screen.getByTestId("undo")).toHaveProperty("disabled", false);
  });

  it("says why it could not be saved, and keeps what was typed", async () => {
    const save = vi
      .fn()
      .mockRejectedValue(
        new HostError({ code: "conflict", message: "It was edited in another window." }),
      );
    const { user, editing } = await open(() => ({ save }));
    await rename(user, "Mine");
    await waitFor(() => expect(screen.getByTestId("saving").dataset.state).toBe("failed"));
    expect(screen.getByTestId("saving").textContent).toContain("another window");
    expect(editing.getState().draft?.name).toBe("Mine");
  });

  it("that was changed elsewhere is compared, and both edits are taken in", async () => {
    const taken: unknown[] = [];
    const { user } = await open((builder) => ({
      open: async (id): Promise<Opened> => {
        const opened = await builder.open(id);
        if (id !== "menu" || !opened.published) return opened;
        const mine = { ...opened.published, name: "Mine", version: 1 };
        const theirs = {
          ...opened.published,
          version: 2,
          trigger: { ...opened.published.trigger, keywords: [{ text: "carte" }] },
        };
        return {
          automation: mine,
          published: theirs,
          base: opened.published,
          revision: 1,
          conflict: true,
        };
      },
      save: async (automation, revision, onto) => {
        taken.push([automation.name, automation.trigger.keywords, onto]);
        return builder.save(automation, revision, onto);
      },
    }));
    await user.click(screen.getByTestId("entry-Menu"));
    await user.click(await screen.findByTestId("conflict"));
    const dialog = await screen.findByTestId("conflict-dialog");
    expect(within(dialog).getByText(/can be kept/)).toBeTruthy();
    await user.click(within(dialog).getByTestId("take-both"));
    await waitFor(() => expect(taken).toContainEqual(["Mine", [{ text: "carte" }], 2]));
  });
});

describe("the library", () => {
  it("is searched by name and keyword, and says when nothing is found", async () => {
    const { user } = await open();
    const search = screen.getByTestId("library-search");
    await user.type(search, "hours");
    expect(screen.queryByTestId("entry-Menu")).toBeNull();
    await user.clear(search);
    await user.type(search, "zzz");
    await user.click(screen.getByRole("button", { name: "Clear the search" }));
    expect(screen.getByTestId("entry-Menu")).toBeTruthy();
  });

  it("moves, copies, deletes and brings back", async () => {
    const { user, host } = await open();
    const order = async () =>
      (await host.builder.library()).entries
        .filter((entry) => entry.type === "dm_automation")
        .map((entry) => entry.name);
    const before = await order();
    await user.click(screen.getByTestId(`entry-${before[1]}`));
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    await waitFor(async () => expect((await order())[0]).toBe(before[1]));

    await user.click(screen.getByTestId("entry-more-Menu"));
    await user.click(screen.getByTestId("entry-duplicate"));
    await screen.findByTestId("entry-Menu (copy)");
    await user.click(screen.getByTestId("entry-more-Menu (copy)"));
    await user.click(screen.getByTestId("entry-delete"));
    await waitFor(() => expect(screen.queryByTestId("entry-Menu (copy)")).toBeNull());
    await user.click(screen.getByTestId("notice-action"));
    await screen.findByTestId("entry-Menu (copy)");
  });

  it("begins a draft from a template and opens it", async () => {
    const { user, editing } = await open();
    await user.click(screen.getByTestId("new-automation"));
    await user.click(await screen.findByTestId("template-menu"));
    await waitFor(() => expect(editing.getState().draft?.id).toBe("new-1"));
    expect(screen.getByTestId("saving").textContent).toContain("never published");
  });
});

describe("the screen", () => {
  it("is as it was left, and edits what is begun", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("side-try"));
    await user.click(screen.getByTestId("drawer-tab-versions"));
    await user.type(screen.getByTestId("library-search"), "cookie");
    await user.click(screen.getByTestId("screen-simulator"));
    await user.click(screen.getByTestId("screen-builder"));
    expect(await screen.findByTestId("try")).toBeTruthy();
    expect(screen.getByTestId("drawer-tab-versions").getAttribute("aria-selected")).toBe("true");
    expect(screen.getByTestId<HTMLInputElement>("library-search").value).toBe("cookie");
    await user.click(screen.getByTestId("new-automation"));
    await user.click(await screen.findByTestId("template-menu"));
    expect(await screen.findByTestId("inspector")).toBeTruthy();
    expect(screen.getByTestId<HTMLInputElement>("library-search").value).toBe("");
  });

  it("narrows an automation to any post by its id, and to nothing that is none", async () => {
    const { user, editing } = await open();
    await user.click(screen.getByTestId("field-type-comment_reply_flow"));
    await user.selectOptions(screen.getByTestId("field-target"), "by id");
    const id = screen.getByTestId<HTMLInputElement>("field-target-id");
    await user.type(id, "https://instagram.com/p/C1");
    expect(screen.getByText(/only digits/)).toBeTruthy();
    expect(editing.getState().draft?.target ?? "all").toBe("all");
    await user.clear(id);
    await user.type(id, "17895695668004550");
    expect(editing.getState().draft?.target).toEqual({ media: "17895695668004550" });
    expect(screen.queryByText(/only digits/)).toBeNull();
  });
});

describe("what is found", () => {
  it("leads to its place, and is put right by its fix", async () => {
    const finding = {
      severity: "warning" as const,
      code: "no_fallback" as const,
      automationId: "menu",
      name: "Menu",
      path: "steps.opening.text",
      message: "There is no fallback.",
      fix: {
        title: "Add a fallback",
        change: {
          type: "edit" as const,
          edits: [{ path: "steps.opening.text", value: '"Hello there"' }],
        },
      },
    };
    const { user, editing } = await open((builder) => ({
      library: async () => ({ ...(await builder.library()), findings: [finding] }),
    }));
    await user.click(screen.getByTestId("entry-Menu"));
    await waitFor(() => expect(editing.getState().draft?.id).toBe("menu"));
    await user.click(within(screen.getByTestId("problems")).getByText("There is no fallback."));
    expect(editing.getState().selected).toBe("step-opening");
    await user.click(
      within(screen.getByTestId("problems")).getByRole("button", { name: "Add a fallback" }),
    );
    expect(editing.getState().draft?.steps?.opening?.text).toBe("Hello there");
    act(() => editing.getState().undo());
    expect(editing.getState().draft?.steps?.opening?.text).not.toBe("Hello there");
    // Another automation has nothing to do with it.
    expect(screen.getAllByTestId("node-findings")).toHaveLength(1);
    await user.click(screen.getByTestId("entry-Opening hours"));
    await waitFor(() => expect(editing.getState().draft?.id).not.toBe("menu"));
    expect(screen.queryByTestId("node-findings")).toBeNull();
  });

  it("of sample texts is who answers each of them", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("entry-Menu"));
    await user.click(screen.getByTestId("drawer-tab-tester"));
    const texts = await screen.findByTestId("tester-texts");
    await user.clear(texts);
    await user.type(texts, "the menu{Enter}nothing of that");
    await waitFor(() => {
      const lines = within(screen.getByTestId("tested")).getAllByRole("listitem");
      expect(lines.map((line) => line.dataset.look)).toEqual(["lost", "none"]);
    });
  });
});

it("has no accessibility fault", async () => {
  await open();
  const { violations } = await axe.run(document, {
    // Colours and the page around it are looked at in the real window.
    rules: {
      "color-contrast": { enabled: false },
      "document-title": { enabled: false },
      "html-has-lang": { enabled: false },
    },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
