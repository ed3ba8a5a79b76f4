// @vitest-environment jsdom
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import {
  type ConnectionStatus,
  type ConnectionsHost,
  type ConnectionsView,
  type Host,
  HostError,
  type ProfileCard,
} from "@/host";
import { recordingHost } from "@/host/memory";
import { connectionsInMemory, OFFLINE } from "@/host/memory/connections";
import { createStores } from "./stores";
import { Window } from "./Window";

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
  const host: Host = { ...recordingHost({ at: 4 }), connections: withShop(change) };
  const { stores, builder } = createStores(host);
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  await screen.findByTestId("composer");
  const user = userEvent.setup({ delay: null });
  await user.keyboard("{Alt>}7{/Alt}");
  await screen.findByTestId("profile-Shop", undefined, { timeout: 10_000 });
  return { user, stores };
}

const strip = () => screen.getByTestId("strip");
const violations = async () => {
  const { violations: found } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};

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

  it("is deleted and brought back", async () => {
    const { user } = await open();
    await user.click(screen.getByTestId("more-Shop"));
    await user.click(screen.getByTestId("remove-Shop"));
    await screen.findByTestId("connections-empty");
    await user.click(screen.getByTestId("notice-action"));
    await screen.findByTestId("profile-Shop");
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
