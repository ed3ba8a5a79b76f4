import { describe, expect, it } from "vitest";
import type { Person, SimulatorView, WindowUpdate } from "./bindings";
import { recordingHost } from "./memory";
import { wholeAgain } from "./people";

const first = await recordingHost({ at: 4 }).simulatorView();

function told(update: WindowUpdate | undefined): Person[] {
  if (update?.update !== "simulator") throw new Error("it is of the simulator");
  expect(update.people).toBeNull();
  return update.view.people;
}

describe("the people whom the shell tells of", () => {
  const [maya, ...others] = first.people as [Person, ...Person[]];
  const without: SimulatorView = { ...first, people: [] };

  it("are whole after the first time, though only what changed is told", () => {
    const whole = wholeAgain();
    expect(told(whole([{ update: "simulator", view: first, people: null }])[0])).toEqual(
      first.people,
    );
    expect(maya.conversation.length).toBeGreaterThan(2);
    const bubble = { ...(maya.conversation[0] as Person["conversation"][number]), id: "new" };
    const changed = {
      person: { ...maya, unread: 7, conversation: [bubble], decisions: [] },
      conversation: { from: 1, count: 2 },
      decisions: { from: 0, count: maya.decisions.length },
    };
    const order = first.people.map((person) => person.id);
    const after = told(
      whole([
        { update: "listener", status: {} as never },
        { update: "simulator", view: without, people: { order, changed: [changed] } },
      ])[1],
    );
    expect(after[0]).toEqual({
      ...maya,
      unread: 7,
      conversation: [...maya.conversation.slice(1, 3), bubble],
    });
    // Who did not change is the same, so that nothing of them is drawn again.
    expect(after[1]).toBe(others[0]);
  });

  it("go when they are not there any more, and come whole", () => {
    const whole = wholeAgain();
    whole([{ update: "simulator", view: { ...first, people: others }, people: null }]);
    const none = { from: 0, count: 0 };
    const changed = [{ person: maya, conversation: none, decisions: none }];
    const people = { order: [maya.id], changed };
    expect(told(whole([{ update: "simulator", view: without, people }])[0])).toEqual([maya]);
  });
});
