import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const page = readFileSync("index.html", "utf8");

it("holds nothing that the content security policy refuses", () => {
  const scripts = [...page.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  for (const [, attributes, body] of scripts) {
    expect(attributes).toContain('src="/');
    expect(body?.trim()).toBe("");
  }
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|https?:\/\//);
});
