/** Points in time and durations as people read them. Times are in the zone of the reader. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const SHORT_CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const FULL_DATE = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** "14:02:07" */
export function clockTime(at: number): string {
  return CLOCK.format(at);
}

/** "14:02" */
export function shortTime(at: number): string {
  return SHORT_CLOCK.format(at);
}

/** "Tue 24 Nov" */
export function dayName(at: number): string {
  return DATE.format(at).replace(",", "");
}

/** "Tue 24 Nov, 14:02:07" */
export function exactTime(at: number): string {
  return `${dayName(at)}, ${clockTime(at)}`;
}

/**
 * What stands behind every time that is shown, when the pointer rests on it: the whole of
 * it in the reader's zone, and the same in UTC, as logs have it.
 * "Tue 24 Nov 2026, 15:02:07 (UTC+1) · 2026-11-24T14:02:07.123Z"
 */
export function hoverTime(at: number): string {
  const day = FULL_DATE.format(at).replace(",", "");
  return `${day}, ${clockTime(at)} (${offset(at)}) · ${new Date(at).toISOString()}`;
}

/** How far the reader's zone was from UTC then: "UTC", "UTC+1", "UTC−3:30". */
function offset(at: number): string {
  // The platform counts what is to be added to get to UTC, the other way round.
  const minutes = -Math.round(new Date(at).getTimezoneOffset());
  if (minutes === 0) return "UTC";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const part = rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${part}`;
}

/** A countdown: "23:59:12", up to "48:00:00", then "2 d 03:00:00". Never below zero. */
export function countdown(millis: number): string {
  const left = Math.max(0, Math.ceil(millis / SECOND) * SECOND);
  const days = left > 2 * DAY ? Math.floor(left / DAY) : 0;
  const rest = [
    Math.floor((left - days * DAY) / HOUR),
    Math.floor((left % HOUR) / MINUTE),
    Math.floor((left % MINUTE) / SECOND),
  ]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return days > 0 ? `${days} d ${rest}` : rest;
}

/** A duration in words: "40 ms", "11 min", "1 h 30 min", "2 d". At most two units. */
export function spoken(millis: number): string {
  if (millis < SECOND) return `${Math.max(0, Math.round(millis))} ms`;
  const units: [number, string][] = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [SECOND, "s"],
  ];
  const words: string[] = [];
  let left = millis;
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
    if (words.length === 2) break;
  }
  return words.join(" ");
}

/** How long ago, as one unit: "now", "11 min ago", "2 d ago". */
export function ago(millis: number): string {
  if (millis < MINUTE) return "now";
  return `${spoken(millis).split(" ").slice(0, 2).join(" ")} ago`;
}

/** "< 1 µs", "9 µs", "0.2 ms", "12 ms" */
export function micros(value: number): string {
  if (value < 1) return "< 1 µs";
  if (value < 100) return `${Math.round(value)} µs`;
  const millis = value / 1000;
  return millis < 10 ? `${millis.toFixed(1)} ms` : `${Math.round(millis)} ms`;
}

/** Reads "90", "90 min", "1h30", "2 d" as milliseconds; a bare number is minutes. */
export function readDuration(text: string): number | null {
  const cleaned = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(cleaned)) return positive(Number(cleaned) * MINUTE);
  const sizes: Record<string, number> = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };
  const part = /(\d+(?:\.\d+)?)\s*(min|s|m|h|d)?\s*/gy;
  let total = 0;
  let unit = "min";
  let end = 0;
  for (let match = part.exec(cleaned); match; match = part.exec(cleaned)) {
    // "1h30" means thirty of the next smaller unit.
    unit = match[2] ?? (unit === "h" && total > 0 ? "min" : unit);
    total += Number(match[1]) * (sizes[unit] ?? MINUTE);
    end = part.lastIndex;
  }
  return end === cleaned.length && end > 0 ? positive(total) : null;
}

function positive(millis: number): number | null {
  return millis > 0 && Number.isFinite(millis) ? Math.round(millis) : null;
}
