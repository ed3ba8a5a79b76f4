/** Hit rates against their targets. */

import type { Collection, CollectionFigures } from "@/host";

/** What each collection must reach, in percent (the design, "What it must reach"). */
export const TARGETS: Readonly<Record<Exclude<Collection, "contact">, number>> = {
  workspace: 95,
  automations: 90,
  user_state: 99,
};

/** So many reads are needed before a rate below its target is a warning. */
const JUDGED_FROM = 200;

export interface Rate {
  hits: number;
  misses: number;
  reads: number;
  /** 0 to 1; null when nothing was read. */
  share: number | null;
  /** Below its target, with enough reads to say so. */
  below: boolean;
}

export function rateOf(figures: CollectionFigures, target: number): Rate {
  const hits = figures.nearHits + figures.sharedHits;
  const share = figures.reads > 0 ? hits / figures.reads : null;
  return {
    hits,
    misses: Math.max(0, figures.reads - hits),
    reads: figures.reads,
    share,
    below: share !== null && figures.reads >= JUDGED_FROM && share * 100 < target,
  };
}
