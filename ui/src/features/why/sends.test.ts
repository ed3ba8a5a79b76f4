import { describe, expect, it } from "vitest";
import type { DecisionRecord, Person } from "@/host";
import { ANA, MAYA, mayaAsksForTheMenu, TOM } from "@/host/memory/maya";
import { allStandings } from "./sends";

const last = mayaAsksForTheMenu().steps.at(-1)?.view;

function person(id: string): Person {
  const found = last?.people.find((each) => each.id === id);
  if (!found) throw new Error("nobody");
  return structuredClone(found);
}

const states = (of: Person, record: DecisionRecord | undefined) =>
  (record ? allStandings(of.decisions, of.conversation).get(record) : [])?.map(
    ({ state }) => state,
  );

describe("how the sends of a decision stand", () => {
  it("is found for messages, public replies and reactions", () => {
    const tom = person(TOM);
    expect(states(tom, tom.decisions[0])).toEqual(["sent", "sent"]);
    const ana = person(ANA);
    expect(states(ana, ana.decisions[1])).toEqual(["sent", "sent"]);
  });

  it("comes with the reason of a failure", () => {
    const ana = person(ANA);
    const failed = ana.decisions[2];
    const standings = failed && allStandings(ana.decisions, ana.conversation).get(failed);
    expect(standings?.[0]).toMatchObject({ state: "failed" });
    expect(standings?.[0]?.error).toContain("Instagram refused it");
  });

  it("is not known while nothing of it is in the conversation", () => {
    const maya = person(MAYA);
    maya.conversation = maya.conversation.filter((bubble) => bubble.from === "person");
    expect(states(maya, maya.decisions[0])).toEqual([null]);
  });

  it("gives each bubble to one effect: the same sentence twice is two sends", () => {
    const maya = person(MAYA);
    const first = maya.decisions[0];
    if (!first) throw new Error("there is a decision");
    // Said again, and only the first arrived.
    const again = structuredClone(first);
    again.deliveryId = 99;
    const decisions = [first, again];
    const standings = allStandings(decisions, maya.conversation);
    expect(standings.get(first)?.[0]?.state).toBe("sent");
    expect(standings.get(again)?.[0]?.state).toBeNull();
  });

  it("does not take a bubble that another delivery led to", () => {
    const maya = person(MAYA);
    for (const bubble of maya.conversation) bubble.deliveryId = 99;
    expect(states(maya, maya.decisions[0])).toEqual([null]);
  });

  it("does not mind the order of keys or fields that are absent", () => {
    const maya = person(MAYA);
    const bubble = maya.conversation.find((each) => each.content.type === "message");
    if (bubble?.content.type === "message" && bubble.content.message.type === "buttons") {
      const { type, text, buttons } = bubble.content.message;
      bubble.content.message = { buttons, text, type };
    }
    expect(states(maya, maya.decisions[0])).toEqual(["sent"]);
  });
});
