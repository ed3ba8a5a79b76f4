// @vitest-environment jsdom
import { screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { expect, it } from "vitest";
import { recordingHost } from "@/host/memory";
import { openWindow } from "./inTests";

async function open() {
  const opened = await openWindow(recordingHost({ at: 0 }));
  await opened.user.keyboard("{Control>}k{/Control}");
  await screen.findByTestId("palette-dialog");
  return opened;
}

it("leads to an automation by a few letters and Enter", async () => {
  const { user, stores, builder } = await open();
  await user.keyboard("men{Enter}");
  await waitFor(() => expect(builder.editing.getState().draft?.id).toBe("menu"));
  expect(stores.navigation.getState().screen).toBe("builder");
  expect(screen.queryByTestId("palette-dialog")).toBeNull();
});

it("finds a person by a part of the name, and what to do by its words", async () => {
  const { user, stores } = await open();
  await user.keyboard("tom");
  await user.click(await screen.findByText("Talk as Tom"));
  await waitFor(() => expect(stores.looking.getState().person).toBe("900000000000012"));
  await user.keyboard("{Control>}k{/Control}dark theme{Enter}");
  await waitFor(() => expect(stores.session.getState().settings.theme).toBe("dark"));
});

it("finds a contact whom the window does not hold, and opens the conversation", async () => {
  const { user, stores } = await open();
  await user.keyboard("okafor");
  await user.click(await screen.findByText(/Show the conversation of Leo Okafor/));
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("conversations"));
  expect(
    (await screen.findByTestId("person-name", undefined, { timeout: 10_000 })).textContent,
  ).toBe("Leo Okafor");
});

it("does what the live screens do, where it is seen what comes of it", async () => {
  const { user, stores } = await open();
  // At once, not letter by letter, each of which draws the list.
  const call = async (what: string) => {
    await user.paste(what);
    await user.keyboard("{Enter}");
  };
  await call("pause the queue");
  await screen.findByTestId("queue-ask", undefined, { timeout: 10_000 });
  await user.click(screen.getByTestId("queue-confirm"));
  await screen.findByTestId("queue-paused");
  await user.keyboard("{Control>}k{/Control}");
  await call("resume the queue");
  await waitFor(() => expect(screen.queryByTestId("queue-paused")).toBeNull());
  await user.keyboard("{Control>}k{/Control}");
  await call("retry all failed");
  await waitFor(() =>
    expect(screen.getByTestId("queue-ask").textContent).toContain("Retry 3 jobs?"),
  );
  await user.keyboard("{Escape}");

  await user.keyboard("{Control>}k{/Control}");
  await call("invalidate user");
  await screen.findByTestId("cache-ask", undefined, { timeout: 10_000 });
  expect(stores.navigation.getState().screen).toBe("cache");
  await user.keyboard("{Escape}");
  await user.keyboard("{Control>}k{/Control}");
  await call("find a conversation");
  await waitFor(
    () => expect(document.activeElement?.getAttribute("data-testid")).toBe("people-search"),
    { timeout: 10_000 },
  );
  await user.keyboard("{Control>}k{/Control}");
  await call("requests refused");
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
  expect(((await screen.findByTestId("traffic-filter")) as HTMLInputElement).value).toBe(
    "result:refused",
  );
});

it("finds a delivery by the id of its message", async () => {
  const { user, stores } = await open();
  await user.keyboard("m_000017");
  await user.click((await screen.findAllByText(/Show delivery \d+ in Traffic/))[0] as HTMLElement);
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
});

it("moves with arrows, says when nothing is found, and closes with Escape", async () => {
  const { user } = await open();
  const input = screen.getByTestId("palette-input");
  const first = input.getAttribute("aria-activedescendant");
  await user.keyboard("{ArrowDown}");
  expect(input.getAttribute("aria-activedescendant")).not.toBe(first);
  await user.keyboard("zzzzzz");
  expect(screen.getByText("Nothing is called that.")).toBeTruthy();
});

it("has no accessibility fault", async () => {
  await open();
  const { violations } = await axe.run(screen.getByTestId("palette-dialog"), {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

it("finds an automation of the connected profile, and leads to what it has done", async () => {
  const host = recordingHost({ at: 0 });
  const asked: string[] = [];
  const found = { id: "a-77", type: "dm_automation", workspace: "Bakery" } as const;
  const connections = {
    ...host.connections,
    findAutomations: async (text: string) => {
      asked.push(text);
      return [
        { ...found, name: "Zebra price", isActive: false },
        { ...found, id: "a-78", name: 'The "zebra" list', isActive: true },
      ];
    },
  };
  const { user, stores } = await openWindow({ ...host, connections });
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("zebra");
  expect(
    await screen.findByText("Show in Traffic what “Zebra price” does (Bakery, off)"),
  ).toBeTruthy();
  await user.click(screen.getByText('Show in Traffic what “The "zebra" list” does (Bakery)'));
  await waitFor(() => expect(stores.navigation.getState().screen).toBe("traffic"));
  const field = await screen.findByTestId<HTMLInputElement>("traffic-filter", undefined, {
    timeout: 10_000,
  });
  expect(field.value, "a name with quotes is found by its id").toBe("automation:a-78");
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("zebra");
  await user.click(await screen.findByText(/what “Zebra price” does/));
  await waitFor(() => expect(field.value).toBe('automation:"Zebra price"'));
  expect(new Set(asked)).toEqual(new Set(["zebra"]));
});
