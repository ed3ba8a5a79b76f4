import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/shared/tokens.css", "utf8");

type Rgb = readonly [number, number, number];

function token(name: string, theme: "light" | "dark"): Rgb {
  const found = new RegExp(`--${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(css);
  const hex = theme === "light" ? found?.[1] : found?.[2];
  if (!hex) throw new Error(`there is no colour called ${name}`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** So many percent of one colour over another, as color-mix in srgb does it. */
function mixed(over: Rgb, share: number, under: Rgb): Rgb {
  return over.map((value, at) => value * share + (under[at] ?? 0) * (1 - share)) as unknown as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast as WCAG counts it, 1 to 21. */
function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ["surface-0", "surface-1", "surface-2", "surface-3"];
const MEANINGS = ["good", "waiting", "warning", "failed"];
const GUARDS = ["guard-observe", "guard-dry-run", "guard-live"];
const STATES = ["awaiting-opening", "awaiting-follow", "awaiting-email"];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  const colour = (name: string) => token(name, theme);

  it.each(["text-1", "text-2", "text-3", "accent"].flatMap((t) => SURFACES.map((s) => [t, s])))(
    "%s can be read on %s",
    (text, surface) => {
      expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each([...MEANINGS, ...STATES].flatMap((t) => SURFACES.slice(0, 3).map((s) => [t, s])))(
    "%s can be read on %s",
    (text, surface) => {
      expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each([...MEANINGS, ...STATES])("%s can be read on its own tint", (name) => {
    const tint = mixed(colour(name), 0.1, colour("surface-2"));
    expect(contrast(colour(name), tint)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(STATES)("a lit gate of %s can be read", (name) => {
    expect(contrast(colour("surface-2"), colour(name))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GUARDS)("%s can be read as a mark, and the strip's text on its tint", (name) => {
    expect(contrast(colour("on-guard"), colour(name))).toBeGreaterThanOrEqual(4.5);
    const strip = mixed(colour(name), 0.14, colour("surface-0"));
    for (const text of ["text-1", "text-2"]) {
      expect(contrast(colour(text), strip)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("what stands on the accent can be read", () => {
    expect(contrast(colour("on-accent"), colour("accent-fill"))).toBeGreaterThanOrEqual(4.5);
  });
});
