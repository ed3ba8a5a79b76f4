import { describe, expect, it } from "vitest";
import { allStandings } from "@/features/why/sends";
import type { Automation, SimulatorView } from "@/host";
import { ANA, MAYA, mayaAsksForTheMenu, TOM } from "@/host/memory/maya";
import { hours, menu, recipe, weekend } from "@/host/memory/workspace";
import { automationInFront, flowOf } from "./model";

const { opening, steps } = mayaAsksForTheMenu();

/** The flow of an automation for a person, after so many recorded steps. */
function flow(automation: Automation, person: string, after: number) {
  const view: SimulatorView = steps[after - 1]?.view ?? opening;
  const found = view.people.find((each) => each.id === person);
  if (!found) throw new Error("nobody");
  return flowOf(
    automation,
    found.state,
    found.decisions,
    allStandings(found.decisions, found.conversation),
  );
}

const statuses = (of: ReturnType<typeof flow>) => of.steps.map((step) => [step.name, step.status]);
const lit = (of: ReturnType<typeof flow>) =>
  of.steps.flatMap((step) => (step.gate?.lit ? step.gate : []));

describe("a flow", () => {
  it("that has not run shows its steps in the order of a conversation, none lit", () => {
    const shown = flow(menu, MAYA, 0);
    expect(statuses(shown)).toEqual([
      ["opening", "ahead"],
      ["follow", "ahead"],
      ["email", "ahead"],
      ["main", "ahead"],
    ]);
    expect(lit(shown)).toEqual([]);
    expect(shown.outcome).toBe("none");
  });

  it("lights the gate it waits at, with how often it asked and when that expires", () => {
    const shown = flow(menu, MAYA, 3);
    expect(statuses(shown)).toEqual([
      ["opening", "passed"],
      ["follow", "current"],
      ["email", "ahead"],
      ["main", "ahead"],
    ]);
    const [gate] = lit(shown);
    expect(gate).toMatchObject({
      awaiting: "awaiting_follow_confirmation",
      asked: 2,
      mostAsks: 3,
      whenExhausted: "end",
    });
    expect(gate?.expiresAt).toBe(steps[2]?.view.people[0]?.state?.expiresAt);
    expect(shown.outcome).toBe("running");
  });

  it("is done when everything was sent and nothing is awaited", () => {
    const shown = flow(menu, MAYA, 8);
    expect(statuses(shown).map(([, status]) => status)).toEqual(Array(4).fill("passed"));
    expect(shown.outcome).toBe("finished");
  });

  it("shows a step that is switched off, without a gate", () => {
    const shown = flow(weekend, ANA, 12);
    const email = shown.steps.find((step) => step.name === "email");
    expect(email).toMatchObject({ status: "off", gate: null });
  });

  it("says that a step's message did not arrive", () => {
    const shown = flow(weekend, ANA, 12);
    const sends = Object.fromEntries(shown.steps.map((step) => [step.name, step.send]));
    expect(sends).toMatchObject({ reaction: "sent", opening: "sent", main: "failed" });
  });

  it("of a comment begins with the public reply, one of several texts", () => {
    const shown = flow(recipe, TOM, 9);
    expect(shown.steps[0]).toMatchObject({ name: "public_reply", status: "passed", oneOf: 2 });
    expect(lit(shown)[0]?.awaiting).toBe("awaiting_opening_response");
  });

  it("passes over what was skipped on the way to a later step", () => {
    const view = structuredClone(steps[0]?.view);
    const maya = view?.people[0];
    if (!maya?.state) throw new Error("Maya is waiting");
    // She follows already, so the email was asked for at once.
    maya.state.state = "awaiting_email";
    const shown = flowOf(menu, maya.state, maya.decisions, new Map());
    expect(statuses(shown)).toEqual([
      ["opening", "passed"],
      ["follow", "skipped"],
      ["email", "current"],
      ["main", "ahead"],
    ]);
  });

  it("that waited too long has expired", () => {
    const maya = steps[2]?.view.people[0];
    const shown = flowOf(menu, null, maya?.decisions ?? [], new Map());
    expect(shown.outcome).toBe("expired");
  });

  it("that asked often enough gave up", () => {
    const decisions = structuredClone(steps[2]?.view.people[0]?.decisions ?? []);
    const last = decisions.at(-1);
    if (last) {
      last.decision.trace.reason = "gave_up";
      last.decision.state = "clear";
    }
    expect(flowOf(menu, null, decisions, new Map()).outcome).toBe("gave_up");
  });

  it("is left when another automation took over", () => {
    const decisions = structuredClone(steps[2]?.view.people[0]?.decisions ?? []);
    const other = structuredClone(decisions[0]);
    if (!other) throw new Error("there is a decision");
    other.decision.trace.automationId = hours.id;
    const shown = flowOf(menu, null, [...decisions, other], new Map());
    expect(shown.outcome).toBe("left");
  });

  it.each([
    ["unsubscribed", "unsubscribed"],
    ["automation_disabled", "stopped"],
  ] as const)("has ended when what was awaited was cleared: %s", (reason, outcome) => {
    const decisions = structuredClone(steps[2]?.view.people[0]?.decisions ?? []);
    const clearing = structuredClone(decisions[0]);
    if (!clearing) throw new Error("there is a decision");
    clearing.decision.state = "clear";
    clearing.decision.trace.reason = reason;
    clearing.decision.trace.automationId = null;
    expect(flowOf(menu, null, [...decisions, clearing], new Map()).outcome).toBe(outcome);
  });

  it("forgets an earlier run when it starts again", () => {
    const done = steps[7]?.view.people[0]?.decisions ?? [];
    const started = done[0];
    const state = steps[0]?.view.people[0]?.state ?? null;
    if (!started) throw new Error("there is a start");
    const shown = flowOf(menu, state, [...done, started], new Map());
    expect(statuses(shown).map(([, status]) => status)).toEqual([
      "current",
      "ahead",
      "ahead",
      "ahead",
    ]);
  });

  it("of an automation without steps is empty", () => {
    const bare: Automation = { ...menu, steps: {} };
    expect(flowOf(bare, null, [], new Map())).toEqual({ steps: [], outcome: "none" });
  });
});

describe("the automation in front", () => {
  it("is the running one, else the last that acted, else none", () => {
    const maya = steps[7]?.view.people[0];
    const waiting = steps[0]?.view.people[0];
    expect(automationInFront(waiting?.state ?? null, [])).toBe("menu");
    expect(automationInFront(null, maya?.decisions ?? [])).toBe("menu");
    expect(automationInFront(null, [])).toBeNull();
  });
});
