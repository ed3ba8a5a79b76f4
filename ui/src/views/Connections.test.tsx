// @vitest-environment jsdom
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import {
  type Account,
  type AccountsView,
  type ConnectionStatus,
  type ConnectionsHost,
  type ConnectionsView,
  HostError,
  type ListenerDetails,
  type ProfileCard,
  type ProfileDraft,
} from "@/host";
import { recordingHost } from "@/host/memory";
import { connectionsInMemory, OFFLINE } from "@/host/memory/connections";
import { openScreen, openWindow, violations } from "./inTests";

const SHOP: ProfileCard = {
  name: "Shop",
  level: "observe",
  isProduction: true,
  pointsAt: [{ what: "Redis", place: "rediss://me@cache.example:6380" }],
  report: {
    at: Date.now() - 120_000,
    outcome: "failed",
    checks: [
      { name: "redis.connection", outcome: "ok", says: "Redis 7 answers in 90 µs.", toDo: null },
      {
        name: "redis.persistence",
        outcome: "failed",
        says: "Redis does not persist.",
        toDo: "Set appendonly to yes.",
      },
    ],
  },
};

const DRAFT: ProfileDraft = {
  name: "Shop",
  level: "observe",
  place: {
    kind: "servers",
    redisUrl: "redis://127.0.0.1:6379",
    hasRedisPassword: false,
    redisPassword: null,
    redisCaFile: "",
    keyPrefix: "heliograph",
    namespace: "",
    mongoUrl: "mongodb://127.0.0.1:27017",
    hasMongoPassword: false,
    mongoPassword: null,
    database: "heliograph",
    collections: [],
    sharedMarks: false,
    queueName: "instagram-webhooks",
    queuePrefix: "bull",
    queueUrl: "",
    hasQueuePassword: false,
    queuePassword: null,
    jobName: "webhook",
    takes: "",
    dataPath: "",
  },
  instagram: { kind: "simulated" },
  metrics: [],
};

/** One profile that can be connected and armed, without servers behind it. */
function withShop(change: Partial<ConnectionsHost> = {}): ConnectionsHost {
  let status: ConnectionStatus = OFFLINE;
  let view: ConnectionsView = {
    profiles: [SHOP],
    last: null,
    secrets: { place: "the system's keyring" },
    notice: null,
  };
  const now = (next: ConnectionStatus) => {
    status = next;
    return status;
  };
  return {
    ...connectionsInMemory(),
    list: async () => view,
    status: async () => status,
    connect: async (name) =>
      now({ ...OFFLINE, profile: name, level: "observe", canBeArmed: true, worksHere: false }),
    disconnect: async () => now(OFFLINE),
    arm: async (_name, minutes) =>
      now({ ...status, level: "live", until: Date.now() + minutes * 60_000 }),
    disarm: async () => now({ ...status, level: "observe", until: null }),
    letWork: async (on) => now({ ...status, worksHere: on }),
    remove: async (name) => {
      view = { ...view, profiles: view.profiles.filter((card) => card.name !== name) };
      return view;
    },
    putBack: async () => {
      view = { ...view, profiles: [SHOP] };
      return view;
    },
    ...change,
  };
}

async function open(change: Partial<ConnectionsHost> = {}) {
  const host = { ...recordingHost({ at: 4 }), connections: withShop(change) };
  return openScreen(host, 7, "profile-Shop");
}

const strip = () => screen.getByTestId("strip");

it("is connected from the palette, and armed only after the question", async () => {
  const connections = withShop({ draft: async () => DRAFT });
  const { user, stores } = await openWindow({ ...recordingHost({ at: 4 }), connections });
  const call = async (what: string) => {
    await user.keyboard("{Control>}k{/Control}");
    await user.paste(what);
    const dialog = within(screen.getByTestId("palette-dialog"));
    await user.click(await dialog.findByText(what));
  };
  await call("New profile");
  await screen.findByTestId("profile-editor", undefined, { timeout: 10_000 });
  expect(stores.navigation.getState().screen).toBe("connections");
  await user.keyboard("{Escape}");
  await call("Import a .env file");
  await screen.findByTestId("env-dialog");
  await user.keyboard("{Escape}");
  await call("Connect Shop");
  await waitFor(() => expect(strip().dataset.level).toBe("observe"));
  await call("Arm live on Shop…");
  await screen.findByTestId("arm-dialog");
  expect(strip().dataset.level).toBe("observe");

  // It is asked of this profile only.
  await act(async () => stores.session.setState({ connection: { ...OFFLINE, profile: "Other" } }));
  expect(screen.queryByTestId("arm-dialog")).toBeNull();
});

describe("a profile", () => {
  it("says what it points at and what of its last test needs a look", async () => {
    const { user } = await open();
    const card = within(screen.getByTestId("profile-Shop"));
    expect(card.getByText("rediss://me@cache.example:6380")).toBeTruthy();
    expect(card.getByText(/Set appendonly to yes/)).toBeTruthy();
    expect(card.queryByText(/answers in 90 µs/)).toBeNull();
    await user.click(card.getByText("Show all"));
    expect(card.getByText(/answers in 90 µs/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("says why it could not be connected until it is tested again", async () => {
    const { user, stores } = await open({
      check: async () => ({ at: Date.now(), outcome: "ok", checks: [] }),
    });
    const failure = { profile: "Shop", message: "Redis refused the password." };
    act(() => stores.session.setState({ connection: { ...OFFLINE, failure } }));
    expect(screen.getByTestId("connect-failure").textContent).toContain("refused the password");
    await user.click(screen.getByTestId("test-Shop"));
    await waitFor(() => expect(screen.queryByTestId("connect-failure")).toBeNull());
  });

  it("is deleted and brought back", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("more-Shop"));
    await user.click(screen.getByTestId("remove-Shop"));
    await screen.findByTestId("connections-empty");
    await user.click(screen.getByTestId("notice-action"));
    await screen.findByTestId("profile-Shop");
  });
});

describe("what this window has seen", () => {
  it("is forgotten once that is confirmed, and kept no more where nobody wants it", async () => {
    let forgotten = 0;
    const { user, stores } = await open({
      forgetSeen: async () => {
        forgotten += 1;
      },
    });
    expect(screen.getByTestId("seen-what").textContent).toContain("7 days");
    await user.click(screen.getByTestId("seen-forget"));
    const sure = await screen.findByTestId("forget-ask-do");
    expect(forgotten).toBe(0);
    expect(await violations()).toEqual([]);
    await user.click(sure);
    await waitFor(() => expect(screen.queryByTestId("forget-ask")).toBeNull());
    expect(forgotten).toBe(1);

    const kept = () => stores.session.getState().settings.keepSeen;
    await user.click(screen.getByTestId("keep-seen"));
    expect(kept()).toBe(true);
    await user.click(await screen.findByTestId("forget-ask-do"));
    await waitFor(() => expect(screen.queryByTestId("forget-ask")).toBeNull());
    expect(kept()).toBe(false);
    expect(screen.queryByTestId("seen-forget")).toBeNull();
    expect(screen.getByTestId("seen-what").textContent).toContain("none of it is kept");
    await user.click(screen.getByTestId("keep-seen"));
    expect(kept()).toBe(true);
  });
});

describe("the metrics of workers", () => {
  it("are a list of addresses, each of which says what is there", async () => {
    const saved: ProfileDraft[] = [];
    const { user } = await open({
      draft: async () => DRAFT,
      testMetrics: async (address) =>
        address.endsWith("/metrics")
          ? { good: true, says: "Heliograph answers.", toDo: null, startedAt: 1 }
          : {
              good: false,
              says: "It answers 404.",
              toDo: "End it with /metrics.",
              startedAt: null,
            },
      save: async (draft) => {
        saved.push(draft);
        throw new HostError({ code: "invalid", message: "“x” is no address of metrics." });
      },
    });
    await user.click(screen.getByTestId("edit-Shop"));
    const first = await screen.findByTestId("profile-metrics-0");
    expect(screen.getByTestId<HTMLButtonElement>("profile-metrics-test-0").disabled).toBe(true);
    await user.type(first, "http://a:1/metrics");
    await user.click(screen.getByTestId("profile-metrics-test-0"));
    const found = await screen.findByTestId("profile-metrics-found-0");
    expect(found.textContent).toContain("Heliograph answers.");
    await user.click(screen.getByTestId("profile-metrics-add"));
    await user.type(screen.getByTestId("profile-metrics-1"), "http://b:1");
    await user.click(screen.getByTestId("profile-metrics-test-1"));
    const wrong = await screen.findByTestId("profile-metrics-found-1");
    expect(wrong.textContent).toContain("It answers 404. End it with /metrics.");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("profile-metrics-remove-0"));
    await user.click(screen.getByTestId("profile-save"));
    expect((await screen.findByTestId("profile-problem")).textContent).toContain("no address");
    expect(saved[0]?.metrics).toEqual(["http://b:1"]);
  });
});

describe("accounts", () => {
  const BAKERY: Account = { id: "1001", workspaceId: "w1", username: "bakery.example" };
  const VIEW: AccountsView = {
    workspaces: [{ id: "w1", name: "Bakery" }],
    accounts: [BAKERY],
    isCut: false,
  };

  it("are listed, added as another id of one that is there, and edited", async () => {
    const saved: [Account, boolean][] = [];
    let view = VIEW;
    const { user } = await open({
      accounts: async () => view,
      saveAccount: async (account, isNew) => {
        saved.push([account, isNew]);
        view = { ...VIEW, accounts: [account] };
        return view;
      },
    });
    const row = await screen.findByTestId("account-1001");
    expect(row.textContent).toContain("@bakery.example");
    expect(row.textContent).toContain("answers");
    await user.click(screen.getByTestId("account-add"));
    await user.type(await screen.findByTestId("account-id"), "1002");
    await user.selectOptions(screen.getByTestId("account-owner"), "1001");
    expect(screen.queryByTestId("account-username")).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("account-save"));
    await waitFor(() => expect(screen.queryByTestId("account-dialog")).toBeNull());
    expect(saved[0]).toEqual([{ ...BAKERY, aliases: ["1002"] }, false]);
    expect(screen.getByTestId("account-1001").textContent).toContain("and 1 other id");

    await user.click(screen.getByTestId("account-edit-1001"));
    await user.type(await screen.findByTestId("account-silence"), "6o0");
    await user.type(screen.getByTestId("account-unsubscribe"), "stop, end");
    await user.click(screen.getByTestId("account-active"));
    await user.click(screen.getByTestId("account-save"));
    await waitFor(() => expect(saved.length).toBe(2));
    expect(saved[1]?.[0]).toMatchObject({
      isActive: false,
      aliases: ["1002"],
      settings: { silenceAfterHumanMinutes: 60, unsubscribeKeywords: ["stop", "end"] },
    });
    await waitFor(() =>
      expect(screen.getByTestId("account-1001").textContent).toContain("answers nobody"),
    );
  });

  it("that are refused say why, and what was typed stays", async () => {
    const { user } = await open({
      accounts: async () => VIEW,
      saveAccount: async () => {
        throw new HostError({ code: "conflict", message: "1002 is an id of @cafe already." });
      },
    });
    await screen.findByTestId("account-1001");
    await user.click(screen.getByTestId("account-add"));
    await user.type(await screen.findByTestId("account-id"), "1002");
    await user.type(screen.getByTestId("account-username"), "mine");
    await user.click(screen.getByTestId("account-save"));
    expect((await screen.findByTestId("account-problem")).textContent).toContain("@cafe");
    expect(screen.getByTestId<HTMLInputElement>("account-username").value).toBe("mine");
  });

  it("cannot be added where there is no workspace", async () => {
    await open();
    expect(screen.getByTestId<HTMLButtonElement>("account-add").disabled).toBe(true);
  });
});

describe("the verify token", () => {
  it("can be the one that Meta’s dashboard has already", async () => {
    const kept: string[] = [];
    const { user } = await open({
      setToken: async (token) => {
        if (token.includes(" ")) {
          throw new HostError({ code: "invalid", message: "A verify token is one word." });
        }
        kept.push(token);
        return { path: "/hooks", keepsToken: true, secrets: [], freePort: null };
      },
    });
    await user.click(await screen.findByTestId("listener-own-token"));
    await user.type(screen.getByTestId("listener-token"), "two words");
    await user.click(screen.getByTestId("listener-token-keep"));
    expect((await screen.findByTestId("listener-token-problem")).textContent).toContain("one word");
    await user.clear(screen.getByTestId("listener-token"));
    await user.type(screen.getByTestId("listener-token"), "dashboards");
    await user.click(screen.getByTestId("listener-token-keep"));
    await waitFor(() => expect(screen.queryByTestId("listener-token")).toBeNull());
    expect(kept).toEqual(["dashboards"]);
  });
});

describe("missing indexes", () => {
  const WITHOUT: ProfileCard = {
    ...SHOP,
    report: {
      at: Date.now(),
      outcome: "failed",
      checks: [
        {
          name: "mongo.indexes",
          outcome: "failed",
          says: "2 of 7 needed indexes are missing. contacts (senderId): a contact; accounts (aliases): another id",
          toDo: "Create them here.",
        },
      ],
    },
  };

  it("are created while live only, after a question", async () => {
    const created: string[] = [];
    const { user } = await open({
      list: async () => ({
        profiles: [WITHOUT],
        last: null,
        secrets: { place: "the system's keyring" },
        notice: null,
      }),
      createIndexes: async (name) => {
        created.push(name);
        return { created: ["contacts (senderId)"], refused: [] };
      },
      check: async () => ({ at: Date.now(), outcome: "ok", checks: [] }),
    });
    const button = () => screen.getByTestId<HTMLButtonElement>("create-indexes-Shop");
    expect(button().disabled).toBe(true);
    expect(button().title).toContain("Connect it");
    await user.click(screen.getByTestId("connect-Shop"));
    await waitFor(() => expect(button().title).toContain("At observe nothing is changed"));
    await user.click(screen.getByTestId("profile-menu"));
    await user.click(await screen.findByTestId("arm-open"));
    await user.type(screen.getByTestId("arm-name"), "Shop");
    await user.click(screen.getByTestId("arm-confirm"));
    await waitFor(() => expect(button().disabled).toBe(false));
    await user.click(button());
    const ask = await screen.findByTestId("indexes-ask");
    expect(ask.textContent).toContain("2 of 7 needed indexes are missing");
    const listed = within(ask)
      .getAllByRole("listitem")
      .map((each) => each.textContent);
    expect(listed).toEqual(["contacts (senderId): a contact", "accounts (aliases): another id"]);
    expect(created).toEqual([]);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId("indexes-ask-do"));
    await waitFor(() => expect(screen.queryByTestId("create-indexes-Shop")).toBeNull());
    expect(created).toEqual(["Shop"]);
    expect(screen.getByTestId("notice").textContent).toContain("1 index created.");
  });
});

describe("the strip", () => {
  it("says on every screen what is in front and what is allowed", async () => {
    const { user } = await open();
    expect(strip().dataset.level).toBe("offline");
    await user.click(screen.getByTestId("connect-Shop"));
    await waitFor(() => expect(strip().dataset.level).toBe("observe"));
    await user.keyboard("{Alt>}1{/Alt}");
    expect(strip().textContent).toContain("Shop");
    await user.click(screen.getByTestId("profile-menu"));
    await user.click(await screen.findByTestId("choose-offline"));
    await waitFor(() => expect(strip().dataset.level).toBe("offline"));
  });

  it("arms live only when the name was typed, and shows how long it lasts", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("connect-Shop"));
    await waitFor(() => expect(strip().dataset.level).toBe("observe"));
    await user.click(screen.getByTestId("profile-menu"));
    await user.click(await screen.findByTestId("arm-open"));
    const confirm = screen.getByTestId<HTMLButtonElement>("arm-confirm");
    expect(confirm.disabled).toBe(true);
    await user.type(screen.getByTestId("arm-name"), "Shoe");
    expect(confirm.disabled).toBe(true);
    await user.clear(screen.getByTestId("arm-name"));
    await user.click(screen.getByTestId("arm-5"));
    await user.type(screen.getByTestId("arm-name"), "Shop");
    expect(await violations()).toEqual([]);
    await user.click(confirm);
    await waitFor(() => expect(strip().dataset.level).toBe("live"));
    expect(screen.getByTestId("live-left").textContent).toMatch(/ends in 0[45]:\d\d/);
    expect(strip().textContent).not.toContain("handles deliveries here");
    await user.click(screen.getByTestId("disarm"));
    await waitFor(() => expect(strip().dataset.level).toBe("observe"));
  });

  it("keeps what was in front when another one cannot be opened, and says why", async () => {
    const { user } = await open({
      connect: async () => {
        throw new HostError({ code: "unavailable", message: "Redis refused the password." });
      },
    });
    await user.click(screen.getByTestId("connect-Shop"));
    await waitFor(() =>
      expect(screen.getByTestId("notice").textContent).toContain("refused the password"),
    );
    expect(strip().dataset.level).toBe("offline");
  });
});

describe("a .env file", () => {
  it("is shown for what it is before anything is stored", async () => {
    const made: string[] = [];
    const { user } = await open({
      readEnv: async () => ({
        recognised: [
          {
            name: "REDIS_URL",
            line: 1,
            becomes: "Redis: address",
            shown: "redis://a",
            isSecret: true,
          },
        ],
        others: ["NODE_ENV"],
        problems: [{ line: null, says: "It names no queue." }],
        isEnough: true,
      }),
      importEnv: async (_text, name) => {
        made.push(name);
        throw new HostError({ code: "invalid", message: "There is a profile “Shop” already." });
      },
    });
    await user.click(screen.getByTestId("connections-import"));
    await user.type(screen.getByTestId("env-text"), "REDIS_URL=redis://a");
    const reading = await screen.findByTestId("env-reading");
    expect(reading.textContent).toContain("password taken out");
    expect(reading.textContent).toContain("It names no queue.");
    expect(reading.textContent).toContain("NODE_ENV");
    expect(made).toEqual([]);
    expect(await violations()).toEqual([]);
    await user.type(screen.getByTestId("env-name"), "Shop");
    await user.click(screen.getByTestId("env-import"));
    expect((await screen.findByTestId("env-problem")).textContent).toContain("already");
    expect(made).toEqual(["Shop"]);
  });
});

describe("an app secret", () => {
  it("is removed after which it says what stops, and put back by Undo", async () => {
    const kept = { name: "instagram", accounts: [] };
    const none: ListenerDetails = { path: "/hook", keepsToken: false, secrets: [], freePort: null };
    const some: ListenerDetails = { ...none, secrets: [kept] };
    let now = some;
    const asked: (string | null)[] = [];
    const { user, stores } = await open({
      listener: async () => now,
      removeSecret: async () => {
        now = none;
        return now;
      },
      putBackSecret: async (profile) => {
        asked.push(profile);
        now = some;
        return now;
      },
    });
    await user.click(await screen.findByLabelText("Remove the app secret instagram"));
    await waitFor(() => expect(screen.queryByTestId("app-secret-instagram")).toBeNull());
    expect(screen.getByTestId("notice").textContent).toContain("are refused from now on");
    // Another profile in front is no matter: it goes back to where it was.
    act(() => stores.session.setState({ connection: { ...OFFLINE, profile: "other" } }));
    await user.click(screen.getByTestId("notice-action"));
    await screen.findByTestId("app-secret-instagram");
    expect(asked).toEqual([null]);
    expect(screen.queryByTestId("notice")).toBeNull();
  });
});
