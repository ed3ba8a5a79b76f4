/** What changed between two automations, place by place, in words. */

import type { Automation } from "@/host";
import { texts } from "@/texts";
import { isSame } from "./change";
import { isRecord } from "./path";

export interface Change {
  path: string;
  /** Where it is, such as "Main message, message 2, button 1, title". */
  label: string;
  /** How it was and how it is, for people; null where it was not there. */
  before: string | null;
  after: string | null;
}

/** What the library keeps for itself is no change of what the automation does. */
const OWN = new Set(["id", "workspaceId", "version", "createdAt", "updatedAt"]);

/** What a field holds when it is left out. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  isActive: false,
  priority: 0,
  target: "all",
  includeReplies: false,
  keywords: [],
  match: "whole_word",
  enabled: true,
  verify: false,
  skipWhenFollowing: false,
  skipWhenKnown: false,
  mostAsks: 3,
  whenExhausted: "end",
  delaySeconds: 0,
  quickReplies: [],
  steps: {},
};

export function changesBetween(before: Automation | null, after: Automation | null): Change[] {
  const changes: Change[] = [];
  const without = (automation: Automation | null) =>
    Object.fromEntries(Object.entries(automation ?? {}).filter(([name]) => !OWN.has(name)));
  compare(without(before), without(after), "", changes);
  return changes;
}

function compare(before: unknown, after: unknown, path: string, into: Change[]) {
  if (isSame(before, after)) return;
  if (isRecord(before) && isRecord(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const own = path === "" ? name : `${path}.${name}`;
      // A button's own `step` has no default; that of `steps` is for the whole.
      compare(before[name] ?? DEFAULTS[name], after[name] ?? DEFAULTS[name], own, into);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, into);
  } else {
    into.push({ path, label: labelOf(path), before: inWords(before), after: inWords(after) });
  }
}

/** What is the same in both stays together; between that, what is left is compared in order. */
function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  into: Change[],
) {
  let one = 0;
  let other = 0;
  for (const [a, b] of [...common(before, after), [before.length, after.length] as const]) {
    while (one < a || other < b) {
      if (one < a && other < b)
        compare(before[one++], after[other++], `${path}.${other - 1}`, into);
      else if (one < a) compare(before[one++], undefined, `${path}.${one - 1}`, into);
      else compare(undefined, after[other++], `${path}.${other - 1}`, into);
    }
    one = a + 1;
    other = b + 1;
  }
}

/** The longest way through both lists along what is the same: pairs of places. */
function common(before: readonly unknown[], after: readonly unknown[]): [number, number][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (one: number, other: number) => lengths[one]?.[other] ?? 0;
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      const row = lengths[one];
      if (!row) continue;
      row[other] = isSame(before[one], after[other])
        ? at(one + 1, other + 1) + 1
        : Math.max(at(one + 1, other), at(one, other + 1));
    }
  }
  const pairs: [number, number][] = [];
  let one = 0;
  let other = 0;
  while (one < before.length && other < after.length) {
    if (isSame(before[one], after[other])) pairs.push([one++, other++]);
    else if (at(one + 1, other) >= at(one, other + 1)) one += 1;
    else other += 1;
  }
  return pairs;
}

const say = texts.builder.diff;

/** A path in words: "Ask for email, text". */
export function labelOf(path: string): string {
  const parts = path.split(".").filter((part) => part !== "steps" || path === "steps");
  const words: string[] = [];
  for (const part of parts) {
    const last = words.at(-1);
    if (/^\d+$/.test(part) && last !== undefined)
      words[words.length - 1] = `${last} ${Number(part) + 1}`;
    else words.push(say.fields[part] ?? part);
  }
  // The field of the reaction step has the step's own name.
  const label = words
    .filter((word, at) => word.toLowerCase() !== words[at - 1]?.toLowerCase())
    .join(", ");
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** A value in words: what a person would call it. */
function inWords(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (value === true) return say.yes;
  if (value === false) return say.no;
  if (typeof value === "string") return say.values[value] ?? value;
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(", ");
  if (!isRecord(value)) return String(value);
  // A whole part is known by what it says.
  const { text, title, texts: all, reaction, messages, cards, media, url } = value;
  const says = [
    text ?? title ?? reaction ?? media,
    all ?? messages ?? cards,
    (text ?? title) ? null : url,
  ]
    .map(inWords)
    .filter(Boolean)
    .join(", ");
  return says || say.something;
}
