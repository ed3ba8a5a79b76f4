/** Figures of the cache as people read them. */

/** So many reads are needed before a rate is judged. */
export const JUDGED_FROM = 200;

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** "812 B", "1.4 MB": by thousands, as disks and Redis' own reports count. */
export function bytes(value: number): string {
  let unit = 0;
  let left = value;
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || left >= 100 ? 0 : 1;
  return `${left.toFixed(digits)} ${UNITS[unit]}`;
}

/** "97.4 %", "99.96 %": near the top a tenth of a per cent hides what matters. */
export function rate(share: number): string {
  const value = share * 100;
  const digits = value >= 99 && value < 100 ? 2 : 1;
  const factor = 10 ** digits;
  const floored = Math.floor(value * factor + 1e-9) / factor;
  return `${floored === 100 ? "100" : floored.toFixed(digits)} %`;
}

/** "12k", "1.4M": for the axis of a chart. */
export function short(value: number): string {
  if (value >= 1e6) return `${trim(value / 1e6)}M`;
  if (value >= 1e3) return `${trim(value / 1e3)}k`;
  return trim(value);
}

function trim(value: number): string {
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

/** "10.0.0.5:9464" for "http://10.0.0.5:9464/metrics". */
export function shortAddress(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/metrics$/, "");
}
