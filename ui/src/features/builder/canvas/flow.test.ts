import { describe, expect, it } from "vitest";
import type { Flow } from "@/features/flow/model";
import type { Finding } from "@/host";
import { media, menu, recipe } from "@/host/memory/workspace";
import type { Overlay } from "../contract";
import { toCanvas } from "../document/canvas";
import { setAt } from "../document/path";
import { type Drawn, drawn, type Shown } from "./flow";
import { droppedShare, finished, onward, wentOut } from "./overlay";

function draw(automation: typeof menu, more: Partial<Shown> = {}, before: Drawn | null = null) {
  const canvas = toCanvas(automation);
  const shown = { automation, canvas, findings: [], overlay: null, lit: null, media, ...more };
  return drawn(shown, before);
}

const dataOf = (shown: Drawn, id: string) => shown.nodes.find((node) => node.id === id)?.data;

const overlay: Overlay = {
  period: "week",
  started: 40,
  standing: {},
  ways: [
    { from: "trigger", to: "awaiting_opening_response", count: 40 },
    { from: "awaiting_opening_response", to: "awaiting_email", count: 25 },
    { from: "awaiting_opening_response", to: "finished", count: 5 },
    { from: "awaiting_opening_response", to: "expired", count: 10 },
    { from: "awaiting_email", to: "finished", count: 20 },
  ],
};

describe("what is drawn", () => {
  it("draws again only what changed", () => {
    const before = draw(menu);
    const after = draw(setAt(menu, "steps.email.retryText", "Once more?"), {}, before);
    const changed = after.nodes.filter((node, at) => node !== before.nodes[at]);
    expect(changed.map((node) => node.id)).toEqual(["step-email"]);
    expect(after.lines).toBe(before.lines);
    expect(draw({ ...menu, version: 9 }, {}, before).nodes).toBe(before.nodes);
  });

  it("puts each finding on the part that it is about", () => {
    const found = (path: string | null): Finding => ({
      severity: "warning",
      code: "no_effect",
      automationId: menu.id,
      name: menu.name,
      message: "It changes nothing.",
      path,
    });
    const shown = draw(menu, {
      findings: [
        found("steps.follow.retryText"),
        found(null),
        found("steps.main.messages.1.cards.0"),
      ],
    });
    const marked = shown.nodes.filter((node) => node.data.findings.length > 0);
    expect(marked.map((node) => node.id)).toEqual(["trigger", "step-follow", "card-1-0"]);
  });

  it("names the post or story that it is for", () => {
    const target = { media: media[0]?.id ?? "" };
    expect(dataOf(draw({ ...recipe, target }), "trigger")?.media).toBe("Oat and honey cookies");
    expect(dataOf(draw({ ...recipe, target: { media: "7" } }), "trigger")?.media).toBe("7");
  });

  it("lights the way that the person came, up to where they stand", () => {
    const flow = {
      outcome: "running",
      steps: [
        { name: "opening", status: "passed", gate: { lit: false } },
        { name: "follow", status: "current", gate: { lit: true } },
        { name: "email", status: "ahead", gate: { lit: false } },
      ],
    } as unknown as Flow;
    const plain = draw(menu).lines;
    const { lit, rail } = draw(menu, { lit: { person: "Maya", flow } }).lines;
    // Trigger, opening, its gate, follow, its gate: four lines, no longer among the others.
    expect(lit.split("M").length - 1).toBe(4);
    expect(rail.split("M").length).toBe(plain.rail.split("M").length - 4);
    expect(plain.lit).toBe("");
  });

  it("writes beside the lines how many began, went on and dropped out, and no zeros", () => {
    const { counts } = draw(menu, { overlay }).lines;
    expect(counts.map(({ text }) => text)).toEqual([
      "40 started",
      "30 went on, 25 % dropped out",
      "20 went on",
    ]);
  });
});

describe("the overlay", () => {
  it("tells who went on, who dropped out and who finished", () => {
    expect(onward(overlay, "awaiting_opening_response")).toBe(30);
    expect(wentOut(overlay, "awaiting_opening_response", "expired")).toBe(10);
    expect(droppedShare(overlay, "awaiting_opening_response")).toBe(0.25);
    expect(droppedShare(overlay, "awaiting_follow_confirmation")).toBeNull();
    expect(finished(overlay)).toBe(25);
  });
});
