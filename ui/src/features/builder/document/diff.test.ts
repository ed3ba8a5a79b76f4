import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hours, menu } from "@/host/memory/workspace";
import { anyAutomation } from "./arbitrary";
import { addMessage, addStep, isSame, removeStep, setOn } from "./change";
import { changesBetween } from "./diff";
import { merge } from "./merge";
import { removeAt, setAt } from "./path";

const labels = (before: typeof menu, after: typeof menu) =>
  changesBetween(before, after).map(({ label }) => label);

describe("what changed", () => {
  it("is told by place, with how it was and how it is", () => {
    const after = setAt(setAt(menu, "steps.email.mostAsks", 2), "trigger.keywords.0.text", "card");
    expect(changesBetween(menu, after)).toEqual([
      {
        path: "trigger.keywords.0.text",
        label: "Trigger, keyword 1, text",
        before: "menu",
        after: "card",
      },
      {
        path: "steps.email.mostAsks",
        label: "Ask for email, asks at most",
        before: "3",
        after: "2",
      },
    ]);
    expect(
      labels(menu, setAt(menu, "steps.main.messages.1.cards.0.buttons.0.title", "Buy")),
    ).toEqual(["Main message, message 2, card 1, button 1, title"]);
  });

  it("does not tell of what is written out and what is left out, nor of versions", () => {
    expect(
      changesBetween(menu, { ...setOn(menu, "email", true), version: 9, target: "all" }),
    ).toEqual([]);
    expect(changesBetween(hours, setAt(hours, "steps.main.delaySeconds", 0))).toEqual([]);
  });

  it("tells of one message that was put before the others, and not of all of them", () => {
    const [change, ...others] = changesBetween(menu, addMessage(menu, "text", 0));
    expect(change).toMatchObject({ label: "Main message, message 1", before: null });
    expect(others).toEqual([]);
  });

  it("tells of a whole step by what it says", () => {
    expect(changesBetween(menu, removeStep(menu, "email"))).toEqual([
      {
        path: "steps.email",
        label: "Ask for email",
        before: "Where may we send the printable one? Write your email address.",
        after: null,
      },
    ]);
  });

  it("is nothing between an automation and itself, and something between any two", () => {
    fc.assert(
      fc.property(anyAutomation, fc.string(), (automation, name) => {
        expect(changesBetween(automation, automation)).toEqual([]);
        fc.pre(name !== automation.name);
        expect(
          changesBetween(automation, { ...automation, name }).map((each) => each.path),
        ).toEqual(["name"]);
      }),
    );
  });
});

describe("two edits of one automation", () => {
  it("become one where they do not touch", () => {
    const mine = setAt(menu, "steps.email.text", "Your address?");
    const theirs = {
      ...setAt(removeStep(menu, "follow"), "trigger.keywords.0.text", "card"),
      version: 4,
    };
    const { merged, conflicts } = merge(menu, mine, theirs);
    expect(conflicts).toEqual([]);
    expect(merged).toEqual({ ...setAt(theirs, "steps.email.text", "Your address?") });
  });

  it("keep mine where both changed the same, and tell of it", () => {
    const { merged, conflicts } = merge(
      menu,
      setAt(menu, "name", "Mine"),
      setAt(menu, "name", "Theirs"),
    );
    expect(merged.name).toBe("Mine");
    expect(conflicts).toEqual([
      { path: "name", label: "Name", base: "Menu", mine: "Mine", theirs: "Theirs" },
    ]);
  });

  it("are in conflict over a step that one edited and the other took out", () => {
    const { conflicts } = merge(
      menu,
      setAt(menu, "steps.email.text", "?"),
      removeAt(menu, "steps.email"),
    );
    expect(conflicts.map(({ path }) => path)).toEqual(["steps.email"]);
  });

  it("do not make a button that is a link and a step at once", () => {
    const path = "steps.main.messages.0.buttons.0";
    const mine = setAt(hours, path, { title: "Map", step: "main" });
    const theirs = setAt(hours, `${path}.url`, "https://bakery.example/way");
    const { merged, conflicts } = merge(hours, mine, theirs);
    expect(merged).toEqual(mine);
    expect(conflicts.map((conflict) => conflict.path)).toEqual([path]);
  });

  it("give the one that was changed when the other was not, whichever it is", () => {
    fc.assert(
      fc.property(anyAutomation, anyAutomation, (base, other) => {
        const changed = { ...other, id: base.id };
        expect(merge(base, changed, base).conflicts).toEqual([]);
        expect(merge(base, base, changed).conflicts).toEqual([]);
        expect(isSame(merge(base, base, changed).merged, changed)).toBe(true);
        expect(isSame(merge(base, changed, changed).merged, changed)).toBe(true);
      }),
    );
    expect(
      merge(hours, addStep(hours, "email"), addStep(hours, "follow")).merged.steps,
    ).toMatchObject({
      email: {},
      follow: {},
      main: {},
    });
  });
});
