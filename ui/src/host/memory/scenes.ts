/** Builds the views of a recording one happening at a time. */

import type {
  Automation,
  Awaiting,
  Bubble,
  ContactChange,
  Content,
  DecisionRecord,
  Difference,
  Effect,
  EventKind,
  LookedAt,
  Mark,
  MomentKind,
  Nearest,
  OutgoingMessage,
  Person,
  Reason,
  SimulatorView,
  Surface,
  UserState,
} from "../bindings";
import type { RecordedStep, Recording, Wish } from "./recording";
import { account, automations, figuresAfter, media, workspace } from "./workspace";

const OPENED_AT = Date.UTC(2026, 10, 24, 14, 2, 7);
const DAY = 24 * 60 * 60 * 1000;

export interface Answered {
  title: string;
  wish: Wish;
  /** What the person did, as the conversation shows it; absent when time passed. */
  said?: { content: Content; surface?: Surface; mediaId?: string; kind: EventKind; text?: string };
  reason: Reason;
  summary: string;
  automation?: Automation;
  lookedAt?: LookedAt[];
  notes?: string[];
  before?: Awaiting;
  after?: Awaiting;
  asked?: number;
  effects?: Effect[];
  contact?: ContactChange;
  /** What came nearest, where none answered. */
  nearest?: Nearest;
}

/** Collects views; every method adds one step to the recording. */
export class Scenes {
  private view: SimulatorView;
  private readonly steps: RecordedStep[] = [];
  private readonly bodies = new Map<number, string>();
  private readonly differences = new Map<number, Difference[]>();
  private readonly nearest = new Map<number, Nearest>();
  private readonly opening: SimulatorView;
  private deliveries = 0;
  private sent = 0;
  private failed = 0;
  private serial = 0;

  private readonly title: string;

  constructor(title: string, people: Pick<Person, "id" | "name" | "username" | "follows">[]) {
    this.title = title;
    this.view = {
      workspace,
      account,
      now: OPENED_AT,
      people: people.map((person) => ({
        ...person,
        language: null,
        contact: null,
        state: null,
        windowClosesAt: null,
        conversation: [],
        decisions: [],
        unread: 0,
      })),
      media,
      automations,
      figures: figuresAfter(0, 0),
      playback: {
        moments: [],
        position: 0,
        stopped: null,
        speed: 0,
        due: [],
        faults: {
          instagram: [],
          comesTwice: false,
          holdsNext: false,
          holds: false,
          canRepeat: false,
          storeSlow: 0,
        },
      },
    };
    this.opening = structuredClone(this.view);
  }

  recording(): Recording {
    const { title, opening, steps, bodies, differences, nearest } = this;
    return { title, opening, steps, bodies, differences, nearest };
  }

  /** The person did something and the engine answered. */
  answered(personId: string, happened: Answered): this {
    this.view.now += 7_000;
    this.deliveries += 1;
    const person = this.person(personId);
    const now = this.view.now;
    const deliveryId = this.deliveries;
    const said = happened.said;
    const surface = said?.surface ?? "dm";
    if (said) {
      person.conversation.push(
        this.bubble(surface, said.content, { from: "person", mediaId: said.mediaId, deliveryId }),
      );
    }
    const eventId = `aWdfZAmid${String(deliveryId).padStart(4, "0")}`;
    person.contact = {
      accountId: account.id,
      senderId: person.id,
      username: person.username,
      name: person.name,
      createdAt: now,
      ...person.contact,
      ...happened.contact,
      unsubscribed: happened.contact?.unsubscribed ?? person.contact?.unsubscribed ?? false,
      ...(surface === "comment" ? {} : { lastMessageAt: now }),
      updatedAt: now,
    };
    person.windowClosesAt = surface === "comment" ? person.windowClosesAt : now + DAY;
    const state = this.stateAfter(person, happened, eventId);
    this.moment(said ? momentKind(said) : "time", personId, said?.text ?? happened.title, {
      deliveryId,
      reason: happened.reason,
      sent: happened.effects?.length ?? 0,
      hits: 3,
      misses: happened.before ? 0 : 2,
      moved: (happened.before ?? null) !== (happened.after ?? null),
      awaiting: happened.after ?? null,
    });
    this.differ(person, "state", happened.before ?? null, happened.after ?? null);
    if (happened.contact?.email) this.differ(person, "email", null, happened.contact.email);
    if (happened.nearest) this.nearest.set(deliveryId, happened.nearest);
    const record: DecisionRecord = {
      deliveryId,
      index: 0,
      event: {
        kind: said?.kind ?? "other",
        accountId: account.id,
        senderId: person.id,
        contactId: person.id,
        eventId,
        timestamp: now,
        text: said?.text ?? null,
        ...(said?.mediaId ? { mediaId: said.mediaId } : {}),
      },
      decision: {
        state: state ? { set: state } : happened.before ? "clear" : "keep",
        contact: happened.contact ?? {},
        effects: happened.effects ?? [],
        trace: {
          kind: said?.kind ?? "other",
          at: now + 40,
          reason: happened.reason,
          summary: happened.summary,
          automationId: happened.automation?.id ?? null,
          stateBefore: happened.before ?? null,
          stateAfter: happened.after ?? null,
          lookedAt: happened.lookedAt ?? [],
          notListed: 0,
          notes: happened.notes ?? [],
          reads: [
            { collection: "workspace", tier: "near", outcome: "hit", micros: 2 },
            {
              collection: "user_state",
              tier: "shared",
              outcome: happened.before ? "hit" : "miss",
              micros: 9,
            },
            ...(happened.before
              ? []
              : ([
                  { collection: "user_state", tier: "store", outcome: "miss", micros: 184 },
                ] as const)),
            { collection: "automations", tier: "near", outcome: "hit", micros: 3 },
            { collection: "contact", tier: "store", outcome: "bypass", micros: 211 },
          ],
        },
      },
    };
    person.decisions.push(record);
    person.state = state;
    for (const effect of happened.effects ?? [])
      this.deliver(person, effect, said?.mediaId, surface, deliveryId);
    this.bodies.set(deliveryId, this.body(person, record));
    return this.step(happened.title, happened.wish);
  }

  /** Time passed and nobody wrote. */
  passed(title: string, millis: number, note: string, noteIn: string): this {
    this.moment("time", null, note);
    this.view.now += millis;
    for (const person of this.view.people) {
      if (person.state && person.state.expiresAt <= this.view.now) person.state = null;
    }
    this.person(noteIn).conversation.push(
      this.bubble("dm", { type: "note", text: note }, { from: "note" }),
    );
    return this.step(title, { wish: "let_pass", millis });
  }

  follows(title: string, personId: string, follows: boolean): this {
    this.person(personId).follows = follows;
    this.moment(follows ? "followed" : "unfollowed", personId, title);
    return this.step(title, { wish: "set_follows", person: personId, follows });
  }

  unsubscribed(title: string, personId: string, unsubscribed: boolean): this {
    const person = this.person(personId);
    this.moment("noted", personId, title);
    if (person.contact) person.contact = { ...person.contact, unsubscribed };
    return this.step(title, { wish: "set_unsubscribed", person: personId, unsubscribed });
  }

  /** The last send of that person did not arrive. */
  notDelivered(personId: string, send: Bubble["send"], error: string): this {
    const person = this.person(personId);
    const last = person.conversation.findLast((bubble) => bubble.from === "account");
    if (last) {
      last.send = send;
      last.error = error;
      last.arrived = false;
    }
    this.sent -= 1;
    this.failed += 1;
    const step = this.steps.at(-1);
    if (step) step.view = this.snapshot();
    return this;
  }

  private moment(
    kind: MomentKind,
    person: string | null,
    label: string,
    mark?: Omit<Mark, "person" | "waiting" | "failed">,
  ) {
    const { playback } = this.view;
    playback.position += 1;
    playback.moments.push({
      number: playback.position,
      at: this.view.now,
      kind,
      person,
      label,
      marks: mark && person ? [{ person, waiting: 0, failed: 0, ...mark }] : [],
    });
  }

  private differ(person: Person, field: string, before: string | null, after: string | null) {
    if (before === after) return;
    const number = this.view.playback.position;
    const of = field === "state" ? "state" : "contact";
    const known = this.differences.get(number) ?? [];
    known.push({ person: person.id, of, field, before, after, isTime: false });
    this.differences.set(number, known);
  }

  private step(title: string, wish: Wish): this {
    this.steps.push({ title, wish, view: this.snapshot() });
    return this;
  }

  private snapshot(): SimulatorView {
    this.view.figures = figuresAfter(this.deliveries, this.sent, this.failed);
    return structuredClone(this.view);
  }

  private person(id: string): Person {
    const person = this.view.people.find((candidate) => candidate.id === id);
    if (!person) throw new Error(`the recording has nobody called ${id}`);
    return person;
  }

  private stateAfter(person: Person, happened: Answered, eventId: string): UserState | null {
    if (!happened.after || !happened.automation) return null;
    const now = this.view.now;
    return {
      accountId: account.id,
      senderId: person.id,
      automationId: happened.automation.id,
      automationType: happened.automation.type,
      target: happened.automation.target ?? "all",
      state: happened.after,
      asked: happened.asked ?? 1,
      startedBy: person.state?.startedBy ?? eventId,
      eventAt: now,
      updatedAt: now,
      expiresAt: now + DAY,
    };
  }

  private deliver(
    person: Person,
    effect: Effect,
    mediaId: string | undefined,
    surface: Surface,
    deliveryId: number,
  ) {
    this.sent += 1;
    const arrived = { from: "account", send: "sent", deliveryId } as const;
    switch (effect.effect) {
      case "send":
        person.conversation.push(
          this.bubble(
            "dm",
            { type: "message", message: effect.message },
            {
              ...arrived,
              privateReply: "comment" in effect.to,
            },
          ),
        );
        break;
      case "reply_to_comment":
        person.conversation.push(
          this.bubble(
            surface,
            { type: "public_reply", text: effect.text },
            { ...arrived, mediaId },
          ),
        );
        break;
      case "react":
        person.conversation.push(
          this.bubble(surface, { type: "reaction", emoji: "❤️" }, { ...arrived, mediaId }),
        );
        break;
    }
  }

  private bubble(surface: Surface, content: Content, more: Partial<Bubble>): Bubble {
    this.serial += 1;
    return {
      id: `bubble-${this.serial}`,
      at: this.view.now,
      from: "note",
      surface,
      content,
      privateReply: false,
      send: null,
      arrived: more.send === "sent",
      error: null,
      ...more,
      mediaId: more.mediaId ?? null,
      deliveryId: more.deliveryId ?? null,
    };
  }

  private body(person: Person, record: DecisionRecord): string {
    const { event } = record;
    if (event.kind === "comment" || event.kind === "live_comment") {
      const value = {
        from: { id: person.id, username: person.username },
        media: { id: event.mediaId, media_product_type: "FEED" },
        id: event.eventId,
        text: event.text,
      };
      return JSON.stringify({
        object: "instagram",
        entry: [
          {
            id: account.id,
            time: Math.floor(this.view.now / 1000),
            changes: [{ field: "comments", value }],
          },
        ],
      });
    }
    const message =
      event.kind === "postback"
        ? { postback: { mid: event.eventId, title: event.text, payload: "hg1|d|menu||opening" } }
        : { message: { mid: event.eventId, text: event.text } };
    return JSON.stringify({
      object: "instagram",
      entry: [
        {
          id: account.id,
          time: this.view.now,
          messaging: [
            {
              sender: { id: person.id },
              recipient: { id: account.id },
              timestamp: this.view.now,
              ...message,
            },
          ],
        },
      ],
    });
  }
}

function momentKind(said: NonNullable<Answered["said"]>): MomentKind {
  switch (said.kind) {
    case "postback":
    case "quick_reply":
      return "tapped";
    case "comment":
    case "live_comment":
      return "commented";
    case "story_reply":
      return "replied_to_story";
    case "dm_attachment":
      return "attached";
    default:
      return "wrote";
  }
}

/** A message to a person by an automation's step. */
export function sends(
  to: string,
  automation: Automation,
  step: Extract<Effect, { effect: "send" }>["step"],
  message: OutgoingMessage,
): Effect {
  return {
    effect: "send",
    to: { contact: to },
    message,
    automationId: automation.id,
    step,
    delayMs: 0,
  };
}
