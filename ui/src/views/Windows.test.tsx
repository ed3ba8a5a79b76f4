// @vitest-environment jsdom
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, it } from "vitest";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import { patched } from "@/features/session/session";
import { type Host, HostError, type WindowsHost } from "@/host";
import { recordingHost } from "@/host/memory";
import { createStores } from "./stores";
import { Window } from "./Window";

/** A window, and what its host was asked about windows. */
async function open(shows?: Parameters<typeof createStores>[1], change: Partial<WindowsHost> = {}) {
  const asked: string[] = [];
  const windows: WindowsHost = {
    open: async (name, automation) => {
      asked.push(`open ${name}${automation ? ` ${automation}` : ""}`);
    },
    shows: async (name) => {
      asked.push(`shows ${name}`);
    },
    close: async () => {
      asked.push("close");
    },
    quit: async () => {
      asked.push("quit");
    },
    ...change,
  };
  const host: Host = { ...recordingHost({}), windows };
  const { stores, builder } = createStores(host, shows);
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  await screen.findByTestId("palette");
  return { asked, stores, builder, user: userEvent.setup({ delay: null }) };
}

it("begins with the screen that it was opened for, and says which one it is", async () => {
  const { asked, user } = await open({ screen: "traffic", automation: null });
  expect(screen.getByTestId("screen-traffic").getAttribute("aria-current")).toBe("page");
  expect(document.title).toBe("Traffic — Heliograph");
  expect(asked).toEqual(["shows traffic"]);
  await user.click(screen.getByTestId("screen-cache"));
  expect(document.title).toBe("Cache — Heliograph");
  expect(asked).toEqual(["shows traffic", "shows cache"]);
  expect(window.location.search).toContain("screen=cache");
});

it("opens the automation that it was opened for", async () => {
  const library = await recordingHost({}).builder.library();
  const automation = library.entries[1]?.id ?? null;
  expect(automation).not.toBeNull();
  const { builder } = await open({ screen: "builder", automation });
  await waitFor(() => expect(builder.drafting.getState().opened?.automation.id).toBe(automation));
});

it("opens a screen in a window of its own from the rail, the palette and the keys", async () => {
  const { asked, user } = await open();
  const rail = screen.getByTestId("screen-traffic");
  fireEvent.click(rail, { ctrlKey: true });
  await waitFor(() => expect(asked.at(-1)).toBe("open traffic"));
  fireEvent(rail, new MouseEvent("auxclick", { bubbles: true, button: 1 }));
  await waitFor(() => expect(asked.filter((each) => each === "open traffic")).toHaveLength(2));
  fireEvent.contextMenu(rail);
  const menu = await screen.findByRole("menu");
  const found = await axe.run(menu, { rules: { "color-contrast": { enabled: false } } });
  expect(found.violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  await user.click(await screen.findByTestId("window-traffic"));
  await waitFor(() => expect(asked.filter((each) => each === "open traffic")).toHaveLength(3));
  expect(screen.queryByTestId("window-traffic")).toBeNull();

  await user.keyboard("{Control>}k{/Control}");
  const input = await screen.findByTestId("palette-input");
  fireEvent.change(input, { target: { value: "open queue in a new" } });
  await user.keyboard("{Enter}");
  await waitFor(() => expect(asked.at(-1)).toBe("open queue"));
  await user.keyboard("{Control>}{Shift>}N{/Shift}{/Control}");
  await waitFor(() => expect(asked.at(-1)).toBe("open simulator"));
  expect(
    screen.getByTestId("screen-simulator").getAttribute("aria-current"),
    "the window itself stays where it is",
  ).toBe("page");
});

it("takes the automation of the Builder along, with what was typed", async () => {
  const { asked, stores, builder, user } = await open();
  const automation = stores.session.getState().library?.entries[0]?.id ?? "";
  stores.navigation.getState().openAutomation(automation);
  await waitFor(() => expect(builder.editing.getState().draft?.id).toBe(automation));
  await user.keyboard("{Control>}{Shift>}N{/Shift}{/Control}");
  await waitFor(() => expect(asked.at(-1)).toBe(`open builder ${automation}`));
});

it("closes and quits, and says why where that does not work", async () => {
  const refused = new HostError({ code: "internal", message: "It stays open." });
  const { asked, user } = await open(undefined, { close: () => Promise.reject(refused) });
  await user.keyboard("{Control>}{Shift>}W{/Shift}{/Control}");
  expect((await screen.findByTestId("notice")).textContent).toContain("It stays open.");
  await user.keyboard("{Control>}q{/Control}");
  await waitFor(() => expect(asked.at(-1)).toBe("quit"));
});

it("follows what another window sets", async () => {
  const { stores } = await open();
  const session = stores.session.getState();
  const settings = { ...session.settings, theme: "dark" as const };
  const told = patched(session, { update: "settings", settings });
  expect(told.settings.theme).toBe("dark");
  stores.session.setState(told);
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  expect(patched(told, { update: "settings", settings: { ...settings } }).settings).toBe(
    told.settings,
  );
});
