import { describe, expect, it, vi } from "vitest";
import type { ConversationsHost, OpenedContact, PeopleNews, PersonRow, Picked } from "@/host";
import { HostError } from "@/host";
import { recordingHost } from "@/host/memory";
import { conversationsInMemory, person } from "@/host/memory/conversations";
import { createConversations, EVERYBODY, keyOf, whomOf } from "./store";

const MAYA = person("901", "Maya Lindqvist", "awaiting_opening_response", 90);
const LEO = person("902", "Leo Okafor", "awaiting_email", 12);

function opened(
  change: Partial<ConversationsHost> = {},
  memory: ConversationsHost = conversationsInMemory(),
) {
  const conversations = { ...memory, ...change };
  const store = createConversations({ ...recordingHost({ at: 4 }), conversations });
  return { store, state: store.getState, memory };
}

/** A host's answers, each of which comes when it is told to. */
function later<T>() {
  const waiting: { resolve: (answer: T) => void; reject: (error: unknown) => void }[] = [];
  const ask = vi.fn(
    () => new Promise<T>((resolve, reject) => void waiting.push({ resolve, reject })),
  );
  const comes = async (which: number, answer: T) => {
    waiting[which]?.resolve(answer);
    await Promise.resolve();
  };
  const fails = async (which: number, message: string) => {
    waiting[which]?.reject(new HostError({ code: "unavailable", message }));
    await Promise.resolve();
  };
  return { ask, comes, fails };
}

const of = (row: PersonRow, text = "{}"): OpenedContact => ({
  person: row,
  now: 0,
  toldBy: { told: "journal" },
  earlier: null,
  history: [],
  cache: "Redis",
  documents: "MongoDB",
  holdings: [
    {
      what: "user_state",
      key: "user_state",
      verdict: "same",
      cached: text,
      expiresIn: null,
      forever: false,
      stored: text,
      differences: [],
      behind: false,
    },
  ],
});

describe("when another profile comes in front", () => {
  it("nothing stays open, chosen or asked, and what is looked for is its own", async () => {
    const { state } = opened();
    await state().change({ accountId: MAYA.accountId, automationId: "menu" });
    const row = state().news?.rows[0] as PersonRow;
    state().pick(row, 0);
    await state().show(whomOf(row));
    expect(state().opened?.person.contactId).toBe("901");
    state().anotherFront();
    expect(state()).toMatchObject({ chosen: null, shown: null, opened: null, news: null });
    expect(state().picked.size).toBe(0);
    await vi.waitFor(() => expect(state().news).not.toBeNull());
    expect(state().look).toMatchObject({ accountId: null, automationId: null });
  });

  it("the news alone say so, too", async () => {
    const { state } = opened();
    await state().change({});
    const before = state().news as PeopleNews;
    await state().show(whomOf(MAYA));
    state().pick(MAYA, 0);
    state().told({ ...before, profile: "Shop", rows: [] });
    expect(state()).toMatchObject({ shown: null, opened: null, chosen: null });
    expect(state().picked.size).toBe(0);
    expect(state().news?.profile).toBe("Shop");
  });

  it("answers to what was asked before are not taken", async () => {
    const looks = later<PeopleNews>();
    const opens = later<OpenedContact>();
    const { state, memory } = opened({ look: looks.ask, open: opens.ask });
    const news = await memory.look(EVERYBODY);
    const first = state().change({});
    await looks.comes(0, news);
    await first;
    void state().show(whomOf(MAYA));
    void state().change({ text: "m" });
    state().anotherFront();
    await looks.comes(1, { ...news, look: { ...EVERYBODY, text: "m" } });
    await opens.comes(0, of(MAYA));
    expect(state()).toMatchObject({ news: null, opened: null, failure: null });
    await looks.comes(2, { ...news, profile: "Shop", look: { ...EVERYBODY, text: "m" } });
    expect(state().news?.profile).toBe("Shop");
  });
});

describe("who is open", () => {
  it("is kept as it was read where it cannot be read anew", async () => {
    const { state } = opened({
      open: vi
        .fn<ConversationsHost["open"]>()
        .mockResolvedValueOnce(of(MAYA))
        .mockRejectedValueOnce(new HostError({ code: "unavailable", message: "Redis is away." }))
        .mockResolvedValueOnce(of(MAYA, "[]")),
    });
    await state().show(whomOf(MAYA));
    await state().renew();
    expect(state().opened?.person.contactId).toBe("901");
    expect(state().failure?.message).toBe("Redis is away.");
    await state().renew();
    expect(state().failure).toBeNull();
  });

  it("stays open whoever is chosen in the list", async () => {
    const { state } = opened();
    await state().show(whomOf(MAYA));
    state().choose(whomOf(LEO));
    await state().renew();
    expect(state().opened?.person.contactId).toBe("901");
  });

  it("is asked about what a row's menu wanted, and nobody else is", async () => {
    const opens = later<OpenedContact>();
    const { state } = opened({ open: opens.ask });
    void state().show(whomOf(MAYA), "release");
    expect(state().wish).toBe("release");
    void state().show(whomOf(LEO));
    await opens.comes(1, of(LEO));
    expect(state().opened?.person.contactId).toBe("902");
    expect(state().wish).toBeNull();
    // Nor is anybody who could not be opened, when that is tried again.
    void state().show(whomOf(MAYA), "release");
    await opens.fails(2, "Redis is away.");
    expect(state()).toMatchObject({ opened: null, wish: null });
  });

  it("says why no more of the history can be read, without being out of date", async () => {
    const { state } = opened({
      open: async () => ({ ...of(MAYA), earlier: 7 }),
      earlier: async () => {
        throw new HostError({ code: "unavailable", message: "The journal is away." });
      },
    });
    await state().show(whomOf(MAYA));
    await state().earlier();
    expect(state().earlierFailure?.message).toBe("The journal is away.");
    expect(state().failure).toBeNull();
  });
});

describe("choosing many", () => {
  const crowd = Array.from({ length: 500 }, (_, at) =>
    person(`${1_000 + at}`, `Person ${at}`, "awaiting_email", 500 - at),
  );
  const row = (at: number) => crowd[at] as PersonRow;
  const picked = (at: number): Picked => ({
    accountId: row(at).accountId,
    contactId: row(at).contactId,
    name: `Person ${at}`,
    seen: null,
  });
  const many = () => conversationsInMemory({ people: crowd });

  it("takes no answer that comes when another list is shown", async () => {
    const picks = later<Picked[]>();
    const { state } = opened({ pick: picks.ask }, many());
    await state().change({});
    const all = state().pickAll();
    await state().change({ text: "Person 1" });
    await picks.comes(0, [picked(400)]);
    await all;
    expect(state().picked.size).toBe(0);

    state().pick(row(1), 0);
    const range = state().pickTo(row(300), 300);
    state().pickNobody();
    await picks.fails(1, "Redis is away.");
    await range;
    expect(state().picked.size).toBe(0);
  });

  it("takes a range from who was chosen last, wherever they stand by now", async () => {
    const { state } = opened({}, many());
    await state().change({});
    state().pick(row(10), 10);
    // Three in front of them have answered.
    const news = state().news as PeopleNews;
    state().told({ ...news, rows: news.rows.slice(3), total: news.total - 3 });
    await state().pickTo(row(12), 9);
    expect([...state().picked.keys()]).toEqual([10, 11, 12].map((at) => keyOf(row(at))));
  });

  it("takes a range beyond what is in sight, by who stands at its ends", async () => {
    const pick = vi.fn(many().pick);
    const { state } = opened({}, { ...many(), pick });
    await state().change({});
    // It stood three rows lower when it was chosen.
    state().pick(row(10), 13);
    await state().change({ at: 280 });
    await state().pickTo(row(300), 300);
    expect(pick).toHaveBeenCalledOnce();
    expect(state().picked.size).toBe(291);
    expect(state().picked.has(keyOf(row(10)))).toBe(true);
    expect(state().picked.has(keyOf(row(9)))).toBe(false);
    expect(state().picked.has(keyOf(row(301)))).toBe(false);
  });

  it("takes one alone where who was chosen last is not there any more", async () => {
    const { state } = opened({}, many());
    await state().change({});
    state().pick(person("77", "Gone Away", "awaiting_email", 1), 5);
    await state().pickTo(row(8), 8);
    expect(state().picked.size).toBe(2);
    await state().pickTo(row(10), 10);
    expect([...state().picked.keys()].slice(1)).toEqual([8, 9, 10].map((at) => keyOf(row(at))));
  });
});
