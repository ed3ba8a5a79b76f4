/** What the Builder is told by the engine about an automation. */

import type { Awaiting, Period, Way } from "@/host";

export type { FieldEdit, Finding, Fix, FixChange, Severity, Way } from "@/host";

/** Where conversations stand now, and which ways they went in the period. */
export interface Overlay {
  standing: Partial<Record<Awaiting, number>>;
  ways: readonly Way[];
  started: number;
  period: Period;
}
