import { expect, it } from "vitest";
import type { Verdict } from "@/host";
import { verdictSentence, weightOf } from "./sentences";

it.each<[Verdict, string]>([
  [{ verdict: "matched", by: { by: "any_reply" } }, "matched: it answers anything"],
  [
    { verdict: "matched", by: { by: "keyword", keyword: "menu", kind: "whole_word" } },
    "matched: keyword “menu” as a word",
  ],
  [
    { verdict: "matched", by: { by: "keyword", keyword: "menu", kind: "anywhere" } },
    "matched: keyword “menu” anywhere in the text",
  ],
  [
    { verdict: "matched", by: { by: "keyword", keyword: "?", kind: "exactly" } },
    "matched: keyword “?” as the whole text",
  ],
  [{ verdict: "no_keyword" }, "did not match: none of its keywords is in the text"],
  [{ verdict: "no_text" }, "did not match: it looks for keywords and there is no text"],
  [{ verdict: "replies_not_included" }, "did not match: it does not answer replies to comments"],
  [{ verdict: "no_steps" }, "did not match: it has no step to run"],
  [{ verdict: "not_reached" }, "not tried: an earlier one matched first"],
])("says %j in the words of the engine", (verdict, sentence) => {
  expect(verdictSentence(verdict)).toBe(sentence);
});

it("colours what went on, what waits and what needs a look", () => {
  expect(weightOf("started")).toBe("good");
  expect(weightOf("asked_again")).toBe("waiting");
  expect(weightOf("outside_window")).toBe("warning");
  expect(weightOf("no_match")).toBe("neutral");
});
