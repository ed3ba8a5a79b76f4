import { expect, it } from "vitest";
import type { Person } from "@/host";
import { firstName } from "./names";
import { windowOf } from "./window";

const person = (windowClosesAt: number | null, lastMessageAt?: number): Person => ({
  id: "1",
  name: "Maya",
  username: "maya",
  follows: false,
  language: null,
  contact: lastMessageAt === undefined ? null : { accountId: "a", senderId: "1", lastMessageAt },
  state: null,
  windowClosesAt,
  conversation: [],
  decisions: [],
  unread: 0,
});

it("is open until it closes, to the millisecond", () => {
  expect(windowOf(person(100, 1), 99)).toEqual({ state: "open", closesAt: 100, left: 1 });
  expect(windowOf(person(100, 1), 100)).toEqual({ state: "closed" });
});

it("is closed for who wrote long ago, and never was open for who did not write", () => {
  expect(windowOf(person(null, 1), 100)).toEqual({ state: "closed" });
  expect(windowOf(person(null), 100)).toEqual({ state: "never" });
});

it("calls people by their first name in a sentence", () => {
  expect(firstName(" Maya Lindqvist ")).toBe("Maya");
  expect(firstName("王小明")).toBe("王小明");
});
