import { describe, expect, it } from "vitest";
import type { MomentDetail, Person } from "@/host";
import { MAYA, mayaAsksForTheMenu, TOM } from "@/host/memory/maya";
import { standingAfter } from "./then";

const { opening, steps } = mayaAsksForTheMenu();
const last = steps.at(-1)?.view ?? opening;
const { moments } = last.playback;

function person(id: string): Person {
  const found = last.people.find((each) => each.id === id);
  if (!found) throw new Error("nobody");
  return found;
}

function detail(number: number): MomentDetail {
  const moment = moments.find((each) => each.number === number);
  const view = steps[number - 1]?.view;
  if (!moment || !view) throw new Error("no such moment");
  const states = view.people.flatMap((each) => each.state ?? []);
  return { moment, differences: [], states };
}

const stood = (number: number, id: string, of = moments, as = person(id)) =>
  standingAfter(detail(number), of, as, last.now);

describe("where somebody stood after a moment", () => {
  it("is what was decided and awaited by then", () => {
    for (const number of moments.map((each) => each.number)) {
      const then = steps[number - 1]?.view.people.find((each) => each.id === MAYA);
      expect(stood(number, MAYA)).toMatchObject({
        state: then?.state ?? null,
        decisions: then?.decisions,
      });
    }
  });

  it("is nothing for somebody who came later, and ends when the next moment begins", () => {
    expect(stood(1, TOM)).toMatchObject({ state: null, decisions: [], conversation: [] });
    expect(stood(1, MAYA)?.at).toBe(moments[1]?.at);
    expect(stood(moments.length, MAYA)?.at).toBe(last.now);
  });

  it("is not known when what was decided is not listed any more", () => {
    expect(stood(5, TOM, moments.slice(4))).toBeNull();
    expect(stood(2, MAYA, moments, { ...person(MAYA), decisions: [] })).toBeNull();
    expect(stood(2, MAYA, moments.slice(4))).toBeNull();
  });
});
