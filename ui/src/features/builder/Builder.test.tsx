// @vitest-environment jsdom
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import type { Automation } from "@/host";
import { hours, media, menu } from "@/host/memory/workspace";
import { BuilderCanvas } from "./canvas/BuilderCanvas";
import type { Finding, Overlay } from "./contract";
import { createEditing } from "./editing";
import { Inspector } from "./inspector/Inspector";

const overlay: Overlay = {
  period: "day",
  started: 40,
  standing: { awaiting_email: 7 },
  ways: [
    { from: "trigger", to: "awaiting_opening_response", count: 40 },
    { from: "awaiting_email", to: "finished", count: 6 },
    { from: "awaiting_email", to: "expired", count: 2 },
  ],
};

function open(automation: Automation = menu, findings: Finding[] = []) {
  const editing = createEditing();
  editing.getState().load(automation);
  const onFix = vi.fn();
  const { container } = render(
    <main>
      <BuilderCanvas
        editing={editing}
        findings={findings}
        overlay={overlay}
        lit={null}
        media={media}
      />
      <Inspector
        editing={editing}
        findings={findings}
        media={media}
        others={[menu, hours]}
        onFix={onFix}
      />
    </main>,
  );
  return {
    editing,
    now: () => editing.getState(),
    onFix,
    container,
    user: userEvent.setup({ delay: null }),
  };
}

const node = (id: string) => screen.getByTestId(`node-${id}`);
const chooser = (id: string) => node(id).querySelector("[data-node]") as HTMLElement;

describe("the canvas", () => {
  it("shows what each part says, where people stand and how many dropped out", () => {
    open();
    expect(node("trigger").textContent).toContain("menu");
    expect(node("step-email").textContent).toContain("Where may we send the printable one?");
    expect(node("card-1-0").textContent).toContain("Rye sourdough");
    expect(screen.getByTestId("standing-email").textContent).toBe("7");
    expect(
      within(screen.getByTestId("ways-email")).getByText("Nothing for 24 h: expires").parentElement
        ?.textContent,
    ).toContain("2");
  });

  it("is walked, edited and undone with keys alone", async () => {
    const { user, now } = open();
    act(() => screen.getByTestId("fit").focus());
    await user.tab();
    expect(document.activeElement).toBe(chooser("trigger"));
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(now().selected).toBe("step-follow");
    expect(document.activeElement).toBe(chooser("step-follow"));
    await user.keyboard(" ");
    expect(now().draft?.steps?.follow?.enabled).toBe(false);
    await user.keyboard("{Delete}");
    expect(now().draft?.steps?.follow).toBeUndefined();
    await user.keyboard("{Control>}zz{/Control}");
    expect(now().draft).toEqual(menu);
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    expect(now().draft?.steps?.follow?.enabled).toBe(false);
    await user.keyboard("{Control>}z{/Control}{Enter}");
    const field = screen.getByTestId("field-steps.follow.text");
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(chooser("step-follow"));
  });

  it("adds a step where it is missing and selects it", async () => {
    const { user, now } = open(hours);
    await user.click(screen.getByTestId("add-step"));
    await user.click(screen.getByTestId("add-step-email"));
    expect(now().selected).toBe("step-email");
    expect(now().undoLabel).toBe("add ask for email");
    expect(screen.getByTestId("gate-email")).toBeTruthy();
    expect(screen.getByTestId("undo").title).toBe("Undo: add ask for email");
  });

  it("adds messages and cards, and moves them with Alt and arrows", async () => {
    const { user, now } = open();
    await user.click(screen.getByTestId("add-message"));
    await user.click(screen.getByTestId("add-message-media"));
    expect(now().selected).toBe("message-2");
    await user.click(screen.getByTestId("add-card-1"));
    expect(now().selected).toBe("card-1-3");
    await waitFor(() => expect(document.activeElement).toBe(chooser("card-1-3")));
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(now().selected).toBe("card-1-2");
  });

  it("marks what was found on the part that it is about", () => {
    open(menu, [
      {
        severity: "error",
        code: "too_long",
        automationId: "menu",
        name: "Menu",
        path: "steps.email.text",
        message: "Too long.",
      },
    ]);
    expect(within(node("step-email")).getByTestId("node-findings")).toBeTruthy();
    expect(within(node("step-follow")).queryByTestId("node-findings")).toBeNull();
  });
});

describe("the inspector", () => {
  it("counts what is typed, and takes typing for one step", async () => {
    const { user, now } = open();
    act(() => now().select("step-opening"));
    const button = screen.getByTestId("field-steps.opening.button");
    await user.clear(button);
    await user.type(button, "A title that is far too long");
    expect(screen.getByTestId("counter-steps.opening.button").dataset.state).toBe("over");
    await user.keyboard("{Control>}z{/Control}");
    expect(now().draft).toEqual(menu);
    expect(screen.getByTestId("preview").textContent).toContain("Hi Maya! Want this week's menu?");
  });

  it("writes a variable where the caret is", async () => {
    const { user, now } = open();
    act(() => now().select("step-email"));
    const field = screen.getByTestId<HTMLTextAreaElement>("field-steps.email.text");
    await user.clear(field);
    await user.type(field, "Hi , where to?");
    field.setSelectionRange(3, 3);
    fireEvent.select(field);
    await user.click(screen.getAllByTestId("variables")[0] as HTMLElement);
    await user.click(screen.getByTestId("variable-contact.first_name"));
    expect(now().draft?.steps?.email?.text).toBe("Hi {{contact.first_name|there}}, where to?");
  });

  it("edits keywords: several at once, their match, their order", async () => {
    const { user, now } = open();
    act(() => now().select("trigger"));
    await user.type(screen.getByTestId("new-keyword"), "bread, rolls{Enter}");
    await user.selectOptions(screen.getByTestId("field-trigger.keywords.2.match"), "exactly");
    const grips = within(screen.getByTestId("list-trigger.keywords")).getAllByRole("button", {
      name: /arrow keys/,
    });
    fireEvent.keyDown(grips[2] as HTMLElement, { key: "ArrowUp" });
    expect(now().draft?.trigger.keywords?.map(({ text, match }) => [text, match])).toEqual([
      ["menu", "whole_word"],
      ["bread", "exactly"],
      ["what do you bake", "anywhere"],
      ["rolls", "whole_word"],
    ]);
  });

  it("edits buttons: a link becomes a step, and no more than three", async () => {
    const { user, now } = open(hours);
    act(() => now().select("message-0"));
    await user.click(screen.getByTestId("add-steps.main.messages.0.buttons"));
    expect(
      screen.getByTestId<HTMLButtonElement>("add-steps.main.messages.0.buttons").disabled,
    ).toBe(true);
    await user.selectOptions(
      screen.getByTestId("field-steps.main.messages.0.buttons.0.step"),
      "main",
    );
    const message = now().draft?.steps?.main?.messages[0];
    expect(message?.type === "buttons" && message.buttons[0]).toEqual({
      title: "Show on the map",
      step: "main",
    });
  });

  it("says what is wrong beside the field, with what puts it right", async () => {
    const finding: Finding = {
      severity: "warning",
      code: "no_fallback",
      automationId: "menu",
      name: "Menu",
      path: "steps.opening.text",
      message: "There will be a gap.",
      fix: { title: "Say “there”", change: { type: "edit", edits: [] } },
    };
    const { user, now, onFix } = open(menu, [finding]);
    act(() => now().select("step-opening"));
    expect(screen.getByTestId("finding-no_fallback").textContent).toContain("There will be a gap.");
    await user.click(screen.getByTestId("fix-no_fallback"));
    expect(onFix).toHaveBeenCalledWith(finding);
  });

  it("changes the type and offers what suits it", async () => {
    const { user, now } = open();
    act(() => now().select("trigger"));
    await user.click(screen.getByTestId("field-type-story_reply_flow"));
    await user.selectOptions(screen.getByTestId("field-target"), "Weekend bake");
    expect(now().draft).toMatchObject({
      type: "story_reply_flow",
      target: { media: "18000000000000031" },
    });
    await user.click(screen.getByTestId("add-step"));
    expect(screen.getByTestId("add-step-reaction")).toBeTruthy();
  });

  it("is light or dark in the preview, whatever the window is", async () => {
    const { user, now } = open();
    act(() => now().select("message-1"));
    await user.click(screen.getByTestId("preview-dark"));
    expect(screen.getByTestId("preview").dataset.theme).toBe("dark");
    expect(screen.getByTestId("preview").textContent).toContain("Oat cookies");
  });
});

describe("for everybody", () => {
  it.each(["trigger", "step-follow", "step-main", "message-1", "card-1-0"])(
    "has no accessibility fault with %s selected",
    async (id) => {
      const { now, container } = open();
      act(() => now().select(id));
      const { violations } = await axe.run(container, {
        rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
      });
      expect(violations.map(({ id: rule, nodes }) => [rule, nodes[0]?.html])).toEqual([]);
    },
  );
});
