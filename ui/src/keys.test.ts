import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { texts } from "@/texts";
import { SCREENS } from "@/views/Rail";

/** How the list writes what the code calls otherwise. */
const WRITTEN: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page",
  PageDown: "Page",
  Escape: "Esc",
  ContextMenu: "Menu",
  F10: "⇧ F10",
  " ": "Space",
  "-": "−",
  // The same as others that are listed.
  Backspace: "Delete",
  "=": "+",
};

const NAMED = /\b(?:Arrow(?:Up|Down|Left|Right)|Page(?:Up|Down)|ContextMenu|F10)\b/g;
const COMPARED = /\b(?:key|\w+\.key)(?:\.toLowerCase\(\))? [!=]== "([^"]+)"/g;
const CASES = /\bcase "(Enter|Escape|Home|End|Delete| |[a-z?/[\]])":/g;
const LONG = new Set(["Enter", "Escape", "Home", "End", "Delete", "Backspace", "Tab"]);

/** The keys that a source handles, as the list would write them. */
function handledIn(source: string): string[] {
  const found = [
    ...(source.match(NAMED) ?? []),
    ...[...source.matchAll(COMPARED), ...source.matchAll(CASES)].flatMap(([, key]) => key ?? []),
  ];
  return found
    .filter((key) => key.length === 1 || LONG.has(key) || key in WRITTEN)
    .map((key) => WRITTEN[key] ?? (/^[a-z]$/.test(key) ? key.toUpperCase() : key));
}

it("finds what a source handles", () => {
  const source = 'if (event.key === " " || key !== "z") x; case "Escape": moves = { PageDown: 1 };';
  expect(new Set(handledIn(source))).toEqual(new Set(["Space", "Z", "Esc", "Page"]));
});

it("lists every key that some part of the window handles", () => {
  const listed = texts.keys.groups.flatMap(({ list }) => list.map(([keys]) => keys));
  const written = new Set(listed.flatMap((keys) => keys.split(/, | /)));
  const has = (key: string) => key.split(" ").every((part) => written.has(part));
  const parts = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^host\/|^texts/.test(path))
    .map((path) => ({ path, source: readFileSync(`src/${path}`, "utf8") }));
  expect(parts.length).toBeGreaterThan(100);
  const handled = parts.flatMap(({ path, source }) =>
    handledIn(source).map((key) => ({ path, key })),
  );
  expect(new Set(handled.map(({ key }) => key)).size).toBeGreaterThan(15);
  expect(handled.filter(({ key }) => !has(key))).toEqual([]);
  expect(listed).toContain(`Alt 1 … ${SCREENS.length}`);
});
