import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUTTON_TEXT, BUTTON_TITLE, lengthOf, measure, TEXT } from "./limits";
import { piecesOf, rendered, sampled, VARIABLES, written } from "./variables";

describe("limits", () => {
  it("count bytes for texts and characters for the others", () => {
    expect(lengthOf("für 👍", "bytes")).toBe(9);
    expect(lengthOf("für 👍", "chars")).toBe(5);
    expect(measure("x".repeat(20), BUTTON_TITLE).state).toBe("near");
    expect(measure("x".repeat(21), BUTTON_TITLE).state).toBe("over");
    expect(measure("ü".repeat(501), TEXT)).toMatchObject({ used: 1002, state: "over" });
    expect(measure("x".repeat(575), BUTTON_TEXT).state).toBe("fits");
  });

  it("reckon with what variables usually hold", () => {
    const text = `${"x".repeat(630)} {{contact.first_name|there}}`;
    expect(measure(text, BUTTON_TEXT)).toMatchObject({ used: 655, state: "cut" });
    expect(measure("{{contact.first_name|a fallback that is longer than names}}", TEXT).used).toBe(
      36,
    );
  });

  it("never count less than what is sent at the least", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const least = lengthOf(
          rendered(text, () => undefined),
          "bytes",
        );
        expect(measure(text, TEXT).used).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});

describe("variables", () => {
  it("are read as the engine reads them", () => {
    expect(piecesOf("Hi {{ contact.first_name | there }}, {{b")).toEqual([
      { kind: "words", text: "Hi " },
      { kind: "variable", name: "contact.first_name", fallback: "there" },
      { kind: "words", text: ", {{b" },
    ]);
    expect(sampled("Hi {{contact.first_name|there}}, {{contact.age|30}}")).toBe("Hi Maya, 30");
  });

  it("are written so that they are read back", () => {
    for (const variable of VARIABLES) {
      expect(piecesOf(written(variable))).toEqual([
        { kind: "variable", name: variable.name, fallback: variable.fallback || null },
      ]);
    }
  });

  it("leave a text without braces as it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("{{"));
        expect(sampled(text)).toBe(text);
      }),
    );
  });
});
