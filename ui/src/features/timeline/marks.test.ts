import { expect, it } from "vitest";
import type { Mark, Moment, Playback } from "@/host";
import { columnLabel, lanesOf, momentSentence, weightOfMark } from "./marks";

const mark = (change: Partial<Mark>): Mark => ({
  person: "1",
  deliveryId: 1,
  reason: "started",
  sent: 0,
  waiting: 0,
  failed: 0,
  hits: 0,
  misses: 0,
  moved: false,
  awaiting: null,
  ...change,
});

const moment = (change: Partial<Moment>): Moment => ({
  number: 1,
  at: 0,
  kind: "wrote",
  person: "1",
  label: "menu",
  marks: [],
  ...change,
});

it("says a moment as one sentence", () => {
  const said = moment({
    marks: [mark({ sent: 2, hits: 3, misses: 1, moved: true, awaiting: "awaiting_email" })],
  });
  expect(momentSentence(said, () => "Maya")).toBe(
    "Maya wrote “menu”, started, 2 messages sent, waiting for an email, cache: 3 hits, 1 miss",
  );
  const time = moment({ kind: "time", person: null, label: "11 minutes pass" });
  expect(momentSentence(time, () => "")).toBe("11 minutes pass");
});

it("is red when something was not sent, whatever was decided", () => {
  expect(weightOfMark(mark({ failed: 1 }))).toBe("failed");
  expect(weightOfMark(mark({ waiting: 1 }))).toBe("warning");
  expect(weightOfMark(mark({}))).toBe("good");
  expect(weightOfMark(mark({ reason: "no_match" }))).toBe("neutral");
});

it("has a lane for everybody to whom something happened", () => {
  const people = ["1", "2", "3"].map((id) => ({ id }));
  const playback = {
    moments: [
      moment({ person: "2" }),
      moment({ person: null, kind: "time", marks: [mark({ person: "1" })] }),
    ],
  } as unknown as Playback;
  expect(lanesOf(playback, people as never).map((person) => person.id)).toEqual(["1", "2"]);
});

it("says how long passed", () => {
  const time = moment({ kind: "time", person: null });
  expect(columnLabel(time, 11 * 60_000)).toBe("11 min");
  expect(columnLabel(time, 24 * 3_600_000)).toBe("24 h");
  expect(columnLabel(time, 5_000)).toBe("5 s");
  expect(columnLabel(moment({}), 5_000)).toBeNull();
});
