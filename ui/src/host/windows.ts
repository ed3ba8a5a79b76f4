/** The windows of the application: another one, this one, and the end of all. */

import type { AutomationId, Screen } from "./bindings";

export interface WindowsHost {
  /** Opens another window with a screen; the Builder shows the automation that is named. */
  open(screen: Screen, automation: AutomationId | null): Promise<void>;
  /** This window shows a screen from now on, and again after the next start. */
  shows(screen: Screen): Promise<void>;
  /** Closes this window. */
  close(): Promise<void>;
  /** Closes all windows and leaves the application. */
  quit(): Promise<void>;
}
