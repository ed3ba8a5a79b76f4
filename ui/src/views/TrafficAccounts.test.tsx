// @vitest-environment jsdom
import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { connectionsOf } from "@/features/connections/context";
import { type Account, type AccountsView, type ConnectionsHost, HostError } from "@/host";
import { recordingHost } from "@/host/memory";
import { connectionsInMemory, OFFLINE } from "@/host/memory/connections";
import { row, trafficInMemory } from "@/host/memory/traffic";
import { openScreen } from "./inTests";

const SIMULATED = "17841400000000001";
const SHOP = "17841499999999991";
const ALIAS = "9000000000000002";
const NEW = "17841499999999993";

const account = (id: string, username: string, aliases: string[] = []): Account => ({
  id,
  workspaceId: "shop",
  username,
  aliases,
});

const viewOf = (...accounts: Account[]): AccountsView => ({
  workspaces: [],
  accounts,
  isCut: false,
});

const CAFE = account(SHOP, "cafe.example", [ALIAS]);

/** Traffic of four accounts, on a host whose answers `answer` gives. */
async function open(answer: () => Promise<AccountsView>, change: Partial<ConnectionsHost> = {}) {
  let asked = 0;
  const accounts = () => {
    asked += 1;
    return answer();
  };
  const of = [SIMULATED, SHOP, ALIAS, NEW];
  const host = {
    ...recordingHost({ at: 4 }),
    traffic: trafficInMemory(of.map((accountId, at) => row(at + 1, { accountId }))),
    connections: { ...connectionsInMemory(), accounts, ...change },
  };
  const opened = await openScreen(host, 3, "traffic-filter");
  await waitFor(() => expect(screen.getAllByTestId("traffic-row")).toHaveLength(4));
  return { ...opened, asked: () => asked };
}

const named = () =>
  screen
    .getAllByTestId("traffic-row")
    .map((line) => line.querySelector("[data-column=account]")?.textContent);

const shows = (...names: string[]) => waitFor(() => expect(named()).toEqual(names));

describe("the account of a row", () => {
  it("stands there by its name, under each of its ids, and is asked for once", async () => {
    const { asked } = await open(async () => viewOf(CAFE));
    await shows("@bakery", "@cafe.example", "@cafe.example", NEW);
    expect(screen.getAllByText("@cafe.example").map((name) => name.title)).toEqual([SHOP, ALIAS]);
    expect(asked()).toBe(1);
  });

  it("has its name as soon as it was saved, without another question", async () => {
    const { asked, stores } = await open(async () => viewOf(CAFE), {
      saveAccount: async (saved) => viewOf(CAFE, saved),
    });
    await shows("@bakery", "@cafe.example", "@cafe.example", NEW);
    const saved = account(NEW, "bar.example");
    await act(() => connectionsOf(stores.session).getState().saveAccount(saved, true));
    await shows("@bakery", "@cafe.example", "@cafe.example", "@bar.example");
    expect(asked()).toBe(1);
  });

  it("is asked for again when another profile is in front, and only then", async () => {
    let answer = viewOf();
    const { asked, stores } = await open(async () => answer);
    await shows("@bakery", SHOP, ALIAS, NEW);
    answer = viewOf(CAFE, account(NEW, "bar.example"));
    const shop = { ...OFFLINE, profile: "Shop", level: "observe" as const };
    act(() => stores.session.setState({ connection: shop }));
    await shows("@bakery", "@cafe.example", "@cafe.example", "@bar.example");
    act(() => stores.session.setState({ connection: { ...shop, level: "dry_run" } }));
    act(() => void window.dispatchEvent(new Event("focus")));
    expect(asked()).toBe(2);
  });

  it("is asked for when somebody comes back to the window and a row has no name", async () => {
    let answer = viewOf(CAFE);
    await open(async () => answer);
    await shows("@bakery", "@cafe.example", "@cafe.example", NEW);
    // Another window saved it.
    answer = viewOf(CAFE, account(NEW, "bar.example"));
    act(() => void window.dispatchEvent(new Event("focus")));
    await shows("@bakery", "@cafe.example", "@cafe.example", "@bar.example");
  });

  it("does not get the names of the profile that was in front before", async () => {
    let release: (view: AccountsView) => void = () => undefined;
    const late = new Promise<AccountsView>((resolve) => {
      release = resolve;
    });
    const answers = [late, Promise.resolve(viewOf(account(NEW, "bar.example")))];
    const { stores } = await open(() => answers.shift() ?? late);
    act(() => stores.session.setState({ connection: { ...OFFLINE, profile: "Shop" } }));
    await shows("@bakery", SHOP, ALIAS, "@bar.example");
    await act(async () => release(viewOf(CAFE)));
    expect(named()).toEqual(["@bakery", SHOP, ALIAS, "@bar.example"]);
  });

  it("keeps its id where the store does not answer, and nobody is troubled with that", async () => {
    let fails = true;
    const { user, stores } = await open(async () => {
      if (fails) throw new HostError({ code: "unavailable", message: "MongoDB is gone." });
      return viewOf(CAFE);
    });
    await shows("@bakery", SHOP, ALIAS, NEW);
    expect(stores.session.getState().notice).toBeNull();
    fails = false;
    await user.keyboard("{Alt>}1{/Alt}");
    await user.keyboard("{Alt>}3{/Alt}");
    await shows("@bakery", "@cafe.example", "@cafe.example", NEW);
  });
});
