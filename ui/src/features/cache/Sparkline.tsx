import type { Collection } from "@/host";
import charts from "./Charts.module.css";
import { pathsOf } from "./series";

const WIDTH = 96;
const HEIGHT = 18;

/** A rate over time, as high as a line of text: from four fifths to all. */
export function Sparkline({
  values,
  colour,
}: {
  values: readonly (number | null)[];
  colour: Collection;
}) {
  const least = Math.min(0.8, ...values.filter((value) => value !== null));
  const x = (at: number) => 1 + (at / Math.max(1, values.length - 1)) * (WIDTH - 2);
  const y = (value: number) => 2 + (1 - (value - least) / (1 - least || 1)) * (HEIGHT - 4);
  const paths = pathsOf(values, x, y);
  return (
    <svg
      className={charts.spark}
      width={WIDTH}
      height={HEIGHT}
      data-colour={colour}
      aria-hidden="true"
    >
      <path className={charts.line} d={paths.line} />
      <path className={charts.dots} d={paths.dots} />
    </svg>
  );
}
