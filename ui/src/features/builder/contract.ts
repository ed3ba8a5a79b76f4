/** What the Builder is told by the engine about an automation. */

import type { Awaiting, Passage, Period } from "@/host";

export type { FieldEdit, Finding, Fix, FixChange, Passage as Way, Severity } from "@/host";

/** Where conversations stand now, and which ways they went in the period. */
export interface Overlay {
  standing: Partial<Record<Awaiting, number>>;
  ways: readonly Passage[];
  started: number;
  period: Period;
}
