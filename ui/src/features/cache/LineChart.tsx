import { useLayoutEffect, useRef, useState } from "react";
import { clockTime, hoverTime, shortTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Charts.module.css";
import { type Gap, type Line, pathsOf } from "./series";

interface LineChartProps {
  label: string;
  /** When each point ended. */
  times: readonly number[];
  /** The time that is shown, in milliseconds, up to `until`. */
  span: number;
  until: number;
  lines: readonly Line[];
  axis: readonly [number, number];
  format: (value: number) => string;
  /** What stands at the axis, where that is shorter. */
  mark?: (value: number) => string;
  /** Marks below: how many keys were invalidated in each point. */
  ticks?: readonly number[];
  /** The times in which nobody looked. */
  gaps: readonly Gap[];
  /** Whether the names of the lines stand in the chart, where no legend has them. */
  named?: boolean;
  /** What is said where nothing is drawn. */
  nothing: string;
  testId: string;
}

const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 18;

/** Lines over time, with the values below the pointer. */
export function LineChart({
  label,
  times,
  span,
  until,
  lines,
  axis: [least, most],
  format,
  mark = format,
  ticks,
  gaps,
  named = false,
  nothing,
  testId,
}: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const [pointer, setPointer] = useState<number | null>(null);
  const innerWidth = Math.max(1, width - LEFT - RIGHT);
  const innerHeight = Math.max(1, height - TOP - BOTTOM);
  const from = until - span;
  const x = (at: number) => LEFT + (((times[at] ?? until) - from) / span) * innerWidth;
  const y = (value: number) => TOP + (1 - (value - least) / (most - least || 1)) * innerHeight;
  const drawn = lines.some((line) => line.values.some((value) => value !== null));
  const at =
    pointer === null ? null : nearest(times, from + ((pointer - LEFT) / innerWidth) * span);
  const levels = [least, (least + most) / 2, most];
  const latest = lines
    .map((line) => {
      const value = line.values.findLast((each) => each !== null);
      return value === undefined || value === null ? null : `${line.name} ${format(value)}`;
    })
    .filter((each) => each !== null);

  return (
    <div ref={frame} className={styles.chart} data-testid={testId}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={texts.cache.charts.of(
          label,
          clockTime(from),
          latest.length > 0 ? latest.join(", ") : nothing,
        )}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setPointer(event.clientX - box.left);
        }}
        onPointerLeave={() => setPointer(null)}
      >
        {/* The reading beside the pointer takes no pointer, so its time is said from here. */}
        {at !== null && drawn && <title>{hoverTime(times[at] ?? until)}</title>}
        {gaps.map((gap) => {
          const begin = Math.max(0, (gap.from - from) / span);
          const width = Math.max(0, (gap.to - from) / span - begin);
          return (
            <rect
              key={gap.to}
              className={styles.gap}
              x={LEFT + begin * innerWidth}
              width={width * innerWidth}
              y={TOP}
              height={innerHeight}
              data-testid="cache-gap"
            >
              <title>{texts.cache.charts.gap(hoverTime(gap.from), hoverTime(gap.to))}</title>
            </rect>
          );
        })}
        {levels.map((level) => (
          <g key={level}>
            <line
              className={styles.level}
              x1={LEFT}
              x2={width - RIGHT}
              y1={y(level)}
              y2={y(level)}
            />
            <text className={styles.mark} x={LEFT - 6} y={y(level) + 4} textAnchor="end">
              {mark(level)}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map((share) => (
          <text
            key={share}
            className={styles.mark}
            x={LEFT + share * innerWidth}
            y={height - 4}
            textAnchor={share === 0 ? "start" : share === 1 ? "end" : "middle"}
          >
            <title>{hoverTime(from + share * span)}</title>
            {share === 1 ? texts.cache.charts.now : shortTime(from + share * span)}
          </text>
        ))}
        {lines.map(
          (line) =>
            line.target != null && (
              <line
                key={`target ${line.name}`}
                className={styles.target}
                data-colour={line.colour}
                x1={LEFT}
                x2={width - RIGHT}
                y1={y(line.target)}
                y2={y(line.target)}
              />
            ),
        )}
        {ticks?.map((number, place) =>
          number > 0 ? (
            <line
              // biome-ignore lint/suspicious/noArrayIndexKey: a tick is known by its place.
              key={place}
              className={styles.tick}
              x1={x(place)}
              x2={x(place)}
              y1={height - BOTTOM}
              y2={height - BOTTOM + 5}
            />
          ) : null,
        )}
        {lines.map((line) => {
          const paths = pathsOf(line.values, x, y, gaps);
          return (
            <g key={line.name} data-colour={line.colour}>
              <path className={styles.line} d={paths.line} />
              {paths.dots !== "" && <path className={styles.dots} d={paths.dots} />}
            </g>
          );
        })}
        {at !== null && (
          <line className={styles.pointer} x1={x(at)} x2={x(at)} y1={TOP} y2={height - BOTTOM} />
        )}
      </svg>
      {!drawn && <p className={styles.nothing}>{nothing}</p>}
      {drawn && named && at === null && (
        <p className={styles.names} aria-hidden="true">
          {lines.map((line) => (
            <span key={line.name} data-colour={line.colour}>
              <i />
              {line.name}
            </span>
          ))}
        </p>
      )}
      {at !== null && drawn && (
        <div
          className={styles.reading}
          style={x(at) > width / 2 ? { left: LEFT + 6 } : { right: RIGHT + 6 }}
        >
          <b>{clockTime(times[at] ?? until)}</b>
          {lines.map((line) => {
            const value = line.values[at] ?? null;
            return (
              <span key={line.name} data-colour={line.colour}>
                <i aria-hidden="true" />
                {line.name} {value === null ? texts.cache.nothingRead : format(value)}
              </span>
            );
          })}
          {ticks && (ticks[at] ?? 0) > 0 && <span>{texts.cache.charts.ticks(ticks[at] ?? 0)}</span>}
        </div>
      )}
    </div>
  );
}

/** The point that is nearest to a time; null where there is none. */
function nearest(times: readonly number[], time: number): number | null {
  let best: number | null = null;
  times.forEach((each, at) => {
    if (best === null || Math.abs(each - time) < Math.abs((times[best] ?? 0) - time)) best = at;
  });
  return best;
}

function useSize(frame: React.RefObject<HTMLDivElement | null>) {
  const [size, setSize] = useState({ width: 560, height: 150 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return size;
}
