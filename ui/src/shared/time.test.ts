import { describe, expect, it } from "vitest";
import { clockTime, countdown, exactTime, micros, readDuration, spoken } from "./time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("times", () => {
  it("are shown with seconds, and with the day where it matters", () => {
    const at = Date.UTC(2026, 10, 24, 14, 2, 7);
    expect(clockTime(at)).toBe("14:02:07");
    expect(exactTime(at)).toBe("Tue 24 Nov, 14:02:07");
  });
});

describe("a countdown", () => {
  it.each([
    [DAY - 48_000, "23:59:12"],
    [DAY, "24:00:00"],
    [2 * DAY, "48:00:00"],
    [2 * DAY + 3 * HOUR, "2 d 03:00:00"],
    [0, "00:00:00"],
    [-5, "00:00:00"],
    // The last started second still counts: it is not over yet.
    [1, "00:00:01"],
  ])("of %d ms reads %s", (millis, words) => {
    expect(countdown(millis)).toBe(words);
  });
});

describe("a duration in words", () => {
  it.each([
    [40, "40 ms"],
    [11 * MINUTE, "11 min"],
    [90 * MINUTE, "1 h 30 min"],
    [25 * HOUR, "1 d 1 h"],
    [DAY + HOUR + MINUTE, "1 d 1 h"],
  ])("of %d ms reads %s", (millis, words) => {
    expect(spoken(millis)).toBe(words);
  });
});

describe("microseconds", () => {
  it.each([
    [0, "< 1 µs"],
    [9, "9 µs"],
    [184, "0.2 ms"],
    [12_300, "12 ms"],
  ])("%d reads %s", (value, words) => {
    expect(micros(value)).toBe(words);
  });
});

describe("a typed duration", () => {
  it.each([
    ["90", 90 * MINUTE],
    ["90 min", 90 * MINUTE],
    ["9h", 9 * HOUR],
    ["1h30", 90 * MINUTE],
    ["2 d", 2 * DAY],
    ["1 d 2 h", 26 * HOUR],
    ["1.5 h", 90 * MINUTE],
    ["45 s", 45_000],
  ])("%s is understood", (text, millis) => {
    expect(readDuration(text)).toBe(millis);
  });

  it.each(["", "0", "soon", "-5", "5 weeks", "h", "1h later"])("%s is refused", (text) => {
    expect(readDuration(text)).toBeNull();
  });
});
