/** The line under a number, as paths: five minutes wide, broken where nobody looked. */

export interface Sample {
  at: number;
  value: number;
}

const SPAN = 5 * 60_000;
/** Two looks that are further apart have nothing between them. */
const GAP = 5_000;
/** Room for the line's own width. */
const EDGE = 1;

/** One path for each stretch that was looked at, in a box of this size. */
export function sparkPaths(samples: readonly Sample[], width: number, height: number): string[] {
  const last = samples[samples.length - 1];
  if (!last) return [];
  const highest = Math.max(1, ...samples.map((sample) => sample.value));
  const x = (at: number) => width - ((last.at - at) / SPAN) * width;
  const y = (value: number) => height - EDGE - (value / highest) * (height - 2 * EDGE);
  const paths: string[] = [];
  let before: Sample | null = null;
  for (const sample of samples) {
    const to = `${x(sample.at).toFixed(1)} ${y(sample.value).toFixed(1)}`;
    if (before && sample.at - before.at <= GAP) paths[paths.length - 1] += `L${to}`;
    else paths.push(`M${to}`);
    before = sample;
  }
  return paths;
}
