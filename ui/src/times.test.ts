import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What says a time in the reader's zone only. */
const SHOWS = /\b(?:exactTime|clockTime|shortTime|dayName)\(/;

const parts = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".tsx") && !path.endsWith(".test.tsx"))
  .map((path) => ({ path, source: readFileSync(`src/${path}`, "utf8") }));

/** The values of the attributes `title`, with the braces that they may hold. */
function titlesIn(source: string): string[] {
  return [...source.matchAll(/\btitle=\{/g)].map(({ index }) => {
    let depth = 0;
    for (let at = source.indexOf("{", index); at < source.length; at += 1) {
      if (source[at] === "{") depth += 1;
      if (source[at] === "}") depth -= 1;
      if (depth === 0) return source.slice(index, at + 1);
    }
    return source.slice(index);
  });
}

it("finds a time in a title, however it stands there", () => {
  expect(titlesIn("<p title={exactTime(at)}>{clockTime(at)}</p>")).toEqual([
    "title={exactTime(at)}",
  ]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
  const nested = "<p a={1} title={open ? `${exactTime(at)}: ${x}` : undefined} />";
  expect(titlesIn(nested).join()).toMatch(SHOWS);
});

it("says UTC on hover: no title has a time in the reader's zone only", () => {
  expect(parts.length).toBeGreaterThan(100);
  const local = parts.flatMap(({ path, source }) =>
    titlesIn(source).flatMap((title) => (SHOWS.test(title) ? `${path}: ${title}` : [])),
  );
  expect(local).toEqual([]);
});

it("has a hover for times wherever some are shown", () => {
  const bare = parts.filter(({ source }) => SHOWS.test(source) && !/\bhoverTime\(/.test(source));
  expect(bare.map(({ path }) => path)).toEqual([]);
});

it("has no formats of its own beside the ones for times", () => {
  const own = parts.filter(({ source }) =>
    /toLocale(?:Date|Time)?String\(|DateTimeFormat/.test(source),
  );
  expect(own.map(({ path }) => path)).toEqual([]);
});
