/** What the Builder is told by the engine about an automation. */

import type { Awaiting, Period, Overlay as ToldOverlay } from "@/host";

export type { FieldEdit, Finding } from "@/host";

/** How many conversations went from one place to another. */
export type Way = ToldOverlay["ways"][number];

/** Where conversations stand now, and which ways they went in the period. */
export interface Overlay {
  standing: Partial<Record<Awaiting, number>>;
  ways: readonly Way[];
  started: number;
  period: Period;
}
