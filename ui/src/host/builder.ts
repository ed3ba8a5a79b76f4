/** What the Builder needs from the outside: the library, drafts, publishing, versions. */

import type {
  Automation,
  AutomationId,
  Exploration,
  Library,
  Opened,
  Overlay,
  Period,
  Saved,
  Template,
  Tested,
  Version,
} from "./bindings";

export interface BuilderHost {
  library(): Promise<Library>;
  /** Opens an automation for editing: its draft, and what is published. */
  open(id: AutomationId): Promise<Opened>;
  /**
   * Keeps a draft. `revision` is that of the draft which the editor saw; `onto` says that
   * what is published in this version was taken in.
   */
  save(automation: Automation, revision: number, onto: number | null): Promise<Saved>;
  discard(id: AutomationId): Promise<void>;
  /** `over` names the version that is known to be replaced; 0: it was deleted. */
  publish(id: AutomationId, over: number | null): Promise<Opened>;
  templates(): Promise<Template[]>;
  create(template: string): Promise<AutomationId>;
  duplicate(id: AutomationId): Promise<AutomationId>;
  toggle(id: AutomationId, isActive: boolean): Promise<void>;
  /** Puts the automations of one type into this order. */
  reorder(order: AutomationId[]): Promise<void>;
  archive(id: AutomationId): Promise<void>;
  delete(id: AutomationId): Promise<void>;
  /** Brings back what was archived or deleted. */
  bringBack(id: AutomationId): Promise<void>;
  versions(id: AutomationId): Promise<Version[]>;
  testTexts(automation: Automation, texts: string[]): Promise<Tested[]>;
  /** Writes a file and says where it is. */
  exportFile(ids: AutomationId[]): Promise<string>;
  importText(text: string): Promise<AutomationId[]>;
  /** Walks every way through an automation as it is edited. */
  explore(automation: Automation): Promise<Exploration>;
  overlay(id: AutomationId, period: Period): Promise<Overlay>;
}
