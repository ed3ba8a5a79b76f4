/** What came of many deliveries, counted, and which deliveries many are. */

import type { DeliveryId, Replayed, TrafficRow } from "@/host";
import { micros } from "@/shared/time";
import { texts } from "@/texts";

/** The most that are sent again at once. */
export const MOST = 500;

/** The deliveries of rows that are listed the newest first: the newest of them, the oldest
 * first, each once. */
export function deliveriesOf(rows: readonly TrafficRow[]): DeliveryId[] {
  const ids = new Set<DeliveryId>();
  for (const { deliveryId } of rows) {
    // What was set by hand belongs to no delivery.
    if (deliveryId !== null && deliveryId > 0 && ids.size < MOST) ids.add(deliveryId);
  }
  return [...ids].reverse();
}

/** Which came out the same, which otherwise, which were taken and not compared, and which
 * did not go. */
export function summed(all: readonly Replayed[]) {
  const failed = all.filter((one) => one.error !== null || (one.answered?.status ?? 200) >= 300);
  const rest = all.filter((one) => !failed.includes(one));
  return {
    same: rest.filter((one) => one.comparison?.same === true),
    other: rest.filter((one) => one.comparison?.same === false),
    notCompared: rest.filter((one) => one.comparison === null),
    failed,
  };
}

/** What there is to say of one that did not come out the same. */
export function saidOf(one: Replayed): string {
  const t = texts.traffic.outcome;
  if (one.error !== null) return one.error;
  const line = one.comparison?.lines.find((each) => !each.same);
  if (line) return `${line.what}: ${line.after ?? t.absent}`;
  if (one.answered && one.deliveryId === null) {
    const { status, phrase, micros: took } = one.answered;
    return `${t.answered(status, phrase)}, ${micros(took)}`;
  }
  return one.notCompared === null ? "" : t.notCompared[one.notCompared];
}
