import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { menu } from "@/host/memory/workspace";
import { anyAutomation } from "./arbitrary";
import { fromCanvas, toCanvas } from "./canvas";
import { addStep, removeStep, setOn } from "./change";
import { layoutOf } from "./layout";
import { nodesOf } from "./nodes";

const ids = (automation: Parameters<typeof toCanvas>[0]) =>
  toCanvas(automation).nodes.map((node) => node.id);

describe("the canvas", () => {
  it("gives back exactly the automation it was made from, whatever is in it", () => {
    fc.assert(
      fc.property(anyAutomation, (automation) => {
        expect(fromCanvas(toCanvas(automation))).toEqual(automation);
      }),
      { numRuns: 500 },
    );
  });

  it("joins only nodes that are there, and names each node and line once", () => {
    fc.assert(
      fc.property(anyAutomation, (automation) => {
        const { nodes, edges } = toCanvas(automation);
        const known = new Set(nodes.map((node) => node.id));
        expect(known.size).toBe(nodes.length);
        expect(new Set(edges.map((edge) => edge.id)).size).toBe(edges.length);
        for (const edge of edges) expect(known.has(edge.from) && known.has(edge.to)).toBe(true);
        expect(nodesOf(automation).every((id) => known.has(id))).toBe(true);
      }),
    );
  });

  it("shows trigger, steps, gates and the ways out from top to bottom", () => {
    expect(ids(menu)).toEqual([
      "trigger",
      "ways-trigger",
      "step-opening",
      "gate-opening",
      "ways-opening",
      "step-follow",
      "gate-follow",
      "ways-follow",
      "step-email",
      "gate-email",
      "ways-email",
      "step-main",
      "message-0",
      "message-1",
      "card-1-0",
      "card-1-1",
      "card-1-2",
      "add-card-1",
      "add-message",
      "end",
    ]);
  });

  it("offers what is missing where it would stand", () => {
    const without = removeStep(removeStep(menu, "opening"), "email");
    const adds = toCanvas(without).nodes.filter((node) => node.kind === "add");
    expect(adds.map((node) => node.steps)).toEqual([["opening"], ["email"]]);
    expect(ids(addStep(without, "email"))).toContain("gate-email");
    const comment = toCanvas({ ...menu, type: "comment_reply_flow" });
    expect(comment.nodes[2]).toMatchObject({ kind: "add", steps: ["public_reply"] });
  });

  it("draws a step that is off in its place and without a gate", () => {
    const off = ids(setOn(menu, "follow", false));
    expect(off).toContain("step-follow");
    expect(off).not.toContain("gate-follow");
  });

  it("leads a button back to its step", () => {
    const edges = toCanvas({
      ...menu,
      steps: {
        ...menu.steps,
        main: {
          messages: [
            { type: "buttons", text: "Again?", buttons: [{ title: "Yes", step: "email" }] },
          ],
        },
      },
    }).edges.filter((edge) => edge.kind === "button");
    expect(edges).toEqual([
      expect.objectContaining({ from: "message-0", to: "step-email", at: 0 }),
    ]);
  });
});

describe("the layout", () => {
  it("puts nothing upon anything else", () => {
    fc.assert(
      fc.property(anyAutomation, (automation) => {
        const boxes = [...layoutOf(toCanvas(automation)).boxes.values()];
        boxes.forEach((one, at) => {
          for (const other of boxes.slice(at + 1)) {
            const apart =
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y;
            expect(apart).toBe(true);
          }
        });
      }),
    );
  });
});
