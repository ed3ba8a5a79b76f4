/** What the operator is looking at and about to write: nothing the engine knows of. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { AutomationId, ContactId, DeliveryId, MediaId, Person, Surface } from "@/host";

/** What Enter in the composer does. */
export type Writing =
  | { mode: "person" }
  | { mode: "by_hand" }
  | { mode: "link" }
  | { mode: "edit"; bubble: string }
  | { mode: "reply"; parent: string; media: MediaId; text: string };

export type Pane = "people" | "conversation" | "flow" | "why";

export interface Looking {
  person: ContactId | null;
  surface: Surface;
  /** The story, post or live video chosen for a surface; the first one until chosen. */
  chosenMedia: Partial<Record<Surface, MediaId>>;
  writing: Writing;
  draft: string;
  /** The delivery whose decision is shown; null follows the latest. */
  delivery: DeliveryId | null;
  /** The moment that was chosen on the timeline. */
  moment: number | null;
  /** The automation shown in the flow; null follows what is running. */
  automation: AutomationId | null;
  /** How much of each conversation has been in front of the operator. */
  seen: Readonly<Record<ContactId, number>>;
  /** The pane in front where there is no room for all of them. */
  pane: Pane;

  choosePerson(person: ContactId): void;
  chooseSurface(surface: Surface): void;
  chooseMedia(surface: Surface, media: MediaId): void;
  write(writing: Writing, draft?: string): void;
  setDraft(draft: string): void;
  chooseDelivery(delivery: DeliveryId | null): void;
  chooseAutomation(automation: AutomationId | null): void;
  /** Shows what a moment did, to the person whom it concerns. */
  chooseMoment(moment: number | null, person?: ContactId, delivery?: DeliveryId): void;
  show(pane: Pane): void;
  see(person: ContactId, length: number): void;
  /** Back to the beginning, after a reset. */
  forget(): void;
}

export type LookingStore = StoreApi<Looking>;

const BEGINNING = {
  surface: "dm",
  chosenMedia: {},
  writing: { mode: "person" },
  draft: "",
  delivery: null,
  moment: null,
  automation: null,
} satisfies Partial<Looking>;

export function createLooking(): LookingStore {
  return createStore<Looking>()((set) => ({
    ...BEGINNING,
    person: null,
    pane: "conversation",
    seen: {},
    choosePerson: (person) =>
      set((looking) =>
        looking.person === person
          ? {}
          : {
              person,
              delivery: null,
              moment: null,
              automation: null,
              writing: { mode: "person" },
              draft: looking.writing.mode === "person" ? looking.draft : "",
            },
      ),
    chooseSurface: (surface) => set({ surface, writing: { mode: "person" } }),
    chooseMedia: (surface, media) =>
      set((looking) => ({ chosenMedia: { ...looking.chosenMedia, [surface]: media } })),
    write: (writing, draft) => set(draft === undefined ? { writing } : { writing, draft }),
    setDraft: (draft) => set({ draft }),
    chooseDelivery: (delivery) => set({ delivery, moment: null }),
    chooseMoment: (moment, person, delivery) =>
      set((looking) => ({
        moment,
        delivery: delivery ?? null,
        person: person ?? looking.person,
        automation: null,
      })),
    chooseAutomation: (automation) => set({ automation }),
    show: (pane) => set({ pane }),
    see: (person, length) => set((looking) => ({ seen: { ...looking.seen, [person]: length } })),
    forget: () => set({ ...BEGINNING, person: null, seen: {} }),
  }));
}

/** Messages of the account that were never in front of the operator. */
export function unreadOf(person: Person, seen: Looking["seen"]): number {
  return person.conversation
    .slice(seen[person.id] ?? 0)
    .filter((bubble) => bubble.from === "account").length;
}
