import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AutomationId, Host } from "@/host";
import { recordingHost } from "@/host/memory";
import { createStores } from "./stores";

/** A window on a host that several windows have, with an automation open in it. */
async function open(host: Host, id: AutomationId) {
  const { stores, builder } = createStores(host);
  stores.session.getState().watch();
  await stores.session.getState().open();
  stores.navigation.getState().openAutomation(id);
  await vi.waitFor(() => expect(builder.editing.getState().draft?.id).toBe(id));
  return { ...builder, navigation: stores.navigation };
}

type Opened = Awaited<ReturnType<typeof open>>;

const rename = ({ editing }: Opened, name: string) =>
  editing.getState().change("Rename", (draft) => ({ ...draft, name }));
const nameIn = ({ editing }: Opened) => editing.getState().draft?.name;

let host: Host;
let id: AutomationId;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  host = recordingHost({});
  id = (await host.builder.library()).entries[0]?.id ?? "";
});
afterEach(() => vi.useRealTimers());

it("shows what another window saved, as a step that can be undone", async () => {
  const [first, second] = [await open(host, id), await open(host, id)];
  const before = nameIn(second);
  rename(first, "Fresh bread");
  await vi.advanceTimersByTimeAsync(300);
  await vi.waitFor(() => expect(nameIn(second)).toBe("Fresh bread"));
  expect(second.editing.getState().undoLabel).toBe("Changed in another window");
  expect(first.editing.getState().undoLabel).toBe("Rename");
  const { revision } = await host.builder.open(id);
  expect(second.drafting.getState().opened?.revision).toBe(revision);

  // What it shows is kept already: nothing is saved again because of it.
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await host.builder.open(id)).revision).toBe(revision);

  second.editing.getState().undo();
  await vi.advanceTimersByTimeAsync(300);
  await vi.waitFor(() => expect(nameIn(first)).toBe(before));
});

it("leaves alone what somebody is typing, and lets the save find out", async () => {
  const [first, second] = [await open(host, id), await open(host, id)];
  rename(second, "Mine");
  rename(first, "Theirs");
  await first.drafting.getState().flush();
  expect(nameIn(second)).toBe("Mine");
  await vi.advanceTimersByTimeAsync(50);
  expect(nameIn(second)).toBe("Mine");
});
