import { expect, it } from "vitest";
import { queryWith, shownBy } from "./address";

it("shows what the address names, and the Simulator where that is nothing", () => {
  expect(shownBy("?screen=traffic")).toEqual({ screen: "traffic", automation: null });
  expect(shownBy("?screen=builder&automation=a%20b")).toEqual({
    screen: "builder",
    automation: "a b",
  });
  for (const query of ["", "?screen=", "?screen=toString", "?screen=lab"]) {
    expect(shownBy(query).screen).toBe("simulator");
  }
});

it("keeps the rest of an address when another screen comes in front", () => {
  expect(queryWith("?at=4&screen=builder&automation=x", "cache")).toBe("?at=4&screen=cache");
  expect(queryWith("", "queue")).toBe("?screen=queue");
});
