import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hours, menu } from "@/host/memory/workspace";
import { anyAutomation } from "./arbitrary";
import {
  addCard,
  addMessage,
  addStep,
  applyEdits,
  convertMessage,
  isOn,
  isSame,
  missingSteps,
  moveAt,
  moveNode,
  removeNode,
  removeStep,
  setOn,
  setType,
} from "./change";
import { nearest, nodeAt, nodesOf, pathOf } from "./nodes";
import { getAt, removeAt, setAt } from "./path";
import { triedBefore } from "./priority";

describe("places in a document", () => {
  it("are read, set and taken out without touching what is beside them", () => {
    const path = "steps.main.messages.1.cards.0.title";
    expect(getAt(menu, path)).toBe("Rye sourdough");
    const changed = setAt(menu, path, "Rye");
    expect(getAt(changed, path)).toBe("Rye");
    expect(changed.steps?.email).toBe(menu.steps?.email);
    expect(getAt(menu, path)).toBe("Rye sourdough");
    expect(getAt(removeAt(menu, "trigger.keywords.0"), "trigger.keywords.0.text")).toBe(
      "what do you bake",
    );
    expect(removeAt(menu, "steps.reaction.reaction")).toEqual(menu);
  });

  it("hold whatever is set there", () => {
    fc.assert(
      fc.property(anyAutomation, fc.jsonValue(), (automation, value) => {
        for (const id of nodesOf(automation)) {
          const path = `${pathOf(id)}.anything`;
          expect(getAt(setAt(automation, path, value), path)).toEqual(value);
          expect(setAt(automation, path, getAt(automation, path))).toEqual(automation);
        }
      }),
    );
  });
});

describe("steps", () => {
  it("are offered when they are missing and fit", () => {
    expect(missingSteps(menu)).toEqual([]);
    expect(missingSteps({ ...menu, type: "comment_reply_flow" })).toEqual(["public_reply"]);
    expect(missingSteps(removeStep(hours, "main"))).toEqual(["opening", "follow", "email", "main"]);
  });

  it("are added, switched off and taken out", () => {
    const added = addStep(hours, "email");
    expect(isOn(added, "email")).toBe(true);
    expect(isOn(setOn(added, "email", false), "email")).toBe(false);
    expect(removeStep(added, "email")).toEqual(hours);
  });

  it("stay when the type changes; a target and replies to comments go", () => {
    const comment = setType(
      {
        ...menu,
        type: "comment_reply_flow",
        target: { media: "1" },
        trigger: { mode: "any_reply", includeReplies: true },
      },
      "dm_automation",
    );
    expect(comment.target).toBeUndefined();
    expect(comment.trigger.includeReplies).toBe(false);
    expect(comment.steps).toBe(menu.steps);
  });
});

describe("messages and cards", () => {
  it("are added with titles of their own", () => {
    const twice = addCard(addCard(menu, 1), 1);
    const cards = getAt(twice, "steps.main.messages.1.cards") as { title: string }[];
    expect(cards.slice(3).map((card) => card.title)).toEqual(["Card 1", "Card 2"]);
    expect(getAt(addMessage(menu, "media", 0), "steps.main.messages.0.type")).toBe("media");
  });

  it("move, and what moves stays selected", () => {
    expect(moveNode(menu, "message-0", 1)?.id).toBe("message-1");
    expect(moveNode(menu, "message-0", -1)).toBeNull();
    expect(moveNode(menu, "card-1-2", -1)?.id).toBe("card-1-1");
    expect(moveNode(menu, "step-email", 1)).toBeNull();
    expect(moveAt(menu, "trigger.keywords", 0, 5)).toBe(menu);
  });

  it("are taken out, and the neighbour is selected", () => {
    const without = removeNode(menu, "card-1-2");
    expect(without && nearest(without, "card-1-2")).toBe("card-1-1");
    expect(removeNode(menu, "trigger")).toBeNull();
    expect(nearest(hours, "step-email")).toBe("trigger");
  });

  it("keep their text when they become another kind", () => {
    expect(convertMessage({ type: "text", text: "Hi" }, "buttons")).toMatchObject({ text: "Hi" });
    expect(convertMessage({ type: "media", kind: "image", url: "x" }, "text").type).toBe("text");
  });
});

describe("fixes", () => {
  it("put their values in and take things out, in order", () => {
    const fixed = applyEdits(menu, [
      { path: "trigger.keywords.1", value: null },
      { path: "trigger.keywords.0.match", value: '"anywhere"' },
      { path: "steps.email.mostAsks", value: "2" },
    ]);
    expect(fixed.trigger.keywords).toEqual([{ text: "menu", match: "anywhere" }]);
    expect(fixed.steps?.email?.mostAsks).toBe(2);
  });
});

describe("what a finding is about", () => {
  it.each([
    ["steps.main.messages.1.cards.2.title", "card-1-2"],
    ["steps.main.messages.1.cards.9", "message-1"],
    ["steps.email.retryText", "step-email"],
    ["steps.publicReply.texts.0", "trigger"],
    ["trigger.keywords.0.text", "trigger"],
    ["steps", "trigger"],
    [null, "trigger"],
  ])("%s is shown at %s", (path, node) => {
    expect(nodeAt(menu, path)).toBe(node);
  });
});

describe("sameness", () => {
  it("takes what is null and what is left out for the same", () => {
    expect(isSame({ a: 1, b: null }, { a: 1 })).toBe(true);
    expect(isSame({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  });
});

describe("the order", () => {
  it("is that of priority among active ones for the same posts", () => {
    expect(triedBefore(hours, [menu, hours]).map(({ id }) => id)).toEqual(["menu"]);
    expect(triedBefore(menu, [menu, hours])).toEqual([]);
    expect(triedBefore(hours, [{ ...menu, isActive: false }])).toEqual([]);
  });
});
