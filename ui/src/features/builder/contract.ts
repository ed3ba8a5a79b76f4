/** What the Builder is told by the engine about an automation. */

import type { Awaiting } from "@/host";

export type Severity = "error" | "warning";

/** One change to a document. The value is JSON; null takes out what is there. */
export interface FieldEdit {
  path: string;
  value: string | null;
}

export type FixChange =
  | { type: "edit"; edits: FieldEdit[] }
  | { type: "move_before"; before: string };

export interface Fix {
  title: string;
  change: FixChange;
}

export interface Finding {
  severity: Severity;
  code: string;
  automationId: string;
  name: string;
  becauseOf?: string[];
  path?: string | null;
  message: string;
  fix?: Fix | null;
}

/** How many conversations went this way in the period. */
export interface Way {
  from: "trigger" | Awaiting;
  to: Awaiting | "finished" | "gave_up" | "expired" | "left";
  count: number;
}

export interface Overlay {
  standing: Partial<Record<Awaiting, number>>;
  ways: Way[];
  started: number;
  period: "hour" | "day" | "week";
}
