import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const at = Date.UTC(2026, 10, 24, 14, 2, 7, 123);
const HOUR = 3_600_000;

/** What times read like for a reader there. */
async function readIn(zone: string) {
  process.env.TZ = zone;
  // What formats times was made for the zone that held when it was loaded.
  vi.resetModules();
  return (await import("./time")).hoverTime;
}

describe("what stands behind a time", () => {
  const before = process.env.TZ;
  beforeEach(() => expect(before).toBe("UTC"));
  afterEach(() => {
    process.env.TZ = before;
  });

  it.each([
    ["UTC", "Tue 24 Nov 2026, 14:02:07 (UTC)"],
    ["Europe/Berlin", "Tue 24 Nov 2026, 15:02:07 (UTC+1)"],
    ["America/St_Johns", "Tue 24 Nov 2026, 10:32:07 (UTC−3:30)"],
    ["Asia/Kathmandu", "Tue 24 Nov 2026, 19:47:07 (UTC+5:45)"],
    // Where it is another day already.
    ["Pacific/Auckland", "Wed 25 Nov 2026, 03:02:07 (UTC+13)"],
  ])("says it in %s, and in UTC", async (zone, said) => {
    const hoverTime = await readIn(zone);
    expect(hoverTime(at)).toBe(`${said} · 2026-11-24T14:02:07.123Z`);
  });

  it("tells the hour that comes twice apart, when summer time ends", async () => {
    const hoverTime = await readIn("Europe/Berlin");
    const first = Date.UTC(2026, 9, 25, 0, 30);
    expect(hoverTime(first)).toBe("Sun 25 Oct 2026, 02:30:00 (UTC+2) · 2026-10-25T00:30:00.000Z");
    expect(hoverTime(first + HOUR)).toBe(
      "Sun 25 Oct 2026, 02:30:00 (UTC+1) · 2026-10-25T01:30:00.000Z",
    );
  });

  it("leaves out the hour that there is not, when summer time begins", async () => {
    const hoverTime = await readIn("America/New_York");
    const last = Date.UTC(2026, 2, 8, 6, 59, 59);
    expect(hoverTime(last)).toBe("Sun 8 Mar 2026, 01:59:59 (UTC−5) · 2026-03-08T06:59:59.000Z");
    expect(hoverTime(last + 1_000)).toBe(
      "Sun 8 Mar 2026, 03:00:00 (UTC−4) · 2026-03-08T07:00:00.000Z",
    );
  });
});
