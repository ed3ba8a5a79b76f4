/** Stretches of time as bars. */

import type { TimeSpan } from "@/host";

export interface Bar {
  span: TimeSpan;
  /** In percent of the whole. */
  left: number;
  width: number;
}

/** The narrowest bar that can be seen, in percent. */
const LEAST = 0.6;

export function barsOf(spans: readonly TimeSpan[]): { bars: Bar[]; total: number } {
  const total = Math.max(1, ...spans.map((span) => span.from + span.micros));
  const bars = spans.map((span) => {
    const width = Math.max(LEAST, (span.micros / total) * 100);
    const left = Math.min((span.from / total) * 100, 100 - width);
    return { span, left, width };
  });
  return { bars, total };
}
