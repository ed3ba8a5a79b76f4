import { expect, it } from "vitest";
import { parted } from "./variables";

it("tells variables from words and keeps the fallback as a hint", () => {
  expect(parted("Hi {{contact.first_name|there}}, see {{ account.username }}.")).toEqual([
    { text: "Hi ", variable: false, hint: null },
    { text: "contact.first_name", variable: true, hint: "{{contact.first_name|there}}" },
    { text: ", see ", variable: false, hint: null },
    { text: "account.username", variable: true, hint: "{{ account.username }}" },
    { text: ".", variable: false, hint: null },
  ]);
});

it("leaves braces alone that are no variable", () => {
  expect(parted("a {b} {{}}")).toEqual([{ text: "a {b} {{}}", variable: false, hint: null }]);
});
