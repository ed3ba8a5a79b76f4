/** What the Simulator needs beyond talking: moments, the running clock, faults, scenarios. */

import type {
  AutomationId,
  Awaiting,
  ContactId,
  DeliveryId,
  Fault,
  KeptScenario,
  MomentDetail,
  Nearest,
  OpenedScenario,
  SavedScenario,
  ScenarioOutcome,
  SimulatorView,
} from "./bindings";

export interface PlaybackHost {
  /** Lets the clock run so many times faster than the world; 0: it stands still. */
  run(speed: number): Promise<SimulatorView>;
  passUntil(at: number): Promise<SimulatorView>;
  /** What a moment changed; null for one that is not there any more. */
  moment(number: number): Promise<MomentDetail | null>;
  /** To the end of a moment, back or forward; 0 is the start. */
  goTo(number: number): Promise<SimulatorView>;
  fault(fault: Fault): Promise<SimulatorView>;
  /** The automation that came nearest to answering what none answered. */
  nearest(delivery: DeliveryId): Promise<Nearest | null>;
  /** The language in which a person writes, a BCP 47 tag; null: none is known. */
  setLanguage(person: ContactId, language: string | null): Promise<SimulatorView>;
  setEmail(person: ContactId, email: string | null): Promise<SimulatorView>;
  /** Where a person stands, as if the automation had just asked; null: nothing awaited. */
  put(person: ContactId, standing: [AutomationId, Awaiting] | null): Promise<SimulatorView>;
}

export interface ScenariosHost {
  list(): Promise<KeptScenario[]>;
  save(name: string, about: string): Promise<SavedScenario>;
  open(file: string): Promise<OpenedScenario>;
  run(file: string): Promise<ScenarioOutcome>;
  rename(file: string, name: string): Promise<string>;
  /** Answers with the text, with which it can be put back. */
  delete(file: string): Promise<string>;
  putBack(file: string, text: string): Promise<void>;
  import(text: string): Promise<string>;
  text(file: string): Promise<string>;
  path(file: string): Promise<string>;
}
