import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { StoresProvider } from "@/features/session/context";
import { createLooking } from "@/features/session/looking";
import { createSession } from "@/features/session/session";
import { recordingHost } from "@/host/memory";
import { Window } from "./Window";

async function open(at = 0) {
  const stores = { session: createSession(recordingHost({ at })), looking: createLooking() };
  render(
    <StoresProvider stores={stores}>
      <Window />
    </StoresProvider>,
  );
  await screen.findByTestId("composer");
  return userEvent.setup();
}

describe("the window", () => {
  it("sends what was written with Enter and shows answer, state and reason", async () => {
    const user = await open();
    await user.type(screen.getByTestId("composer"), "What's the menu?{Enter}");
    expect(await screen.findByRole("button", { name: "Yes please" })).toBeTruthy();
    expect(screen.getByTestId("state-current").dataset.state).toBe("awaiting_opening_response");
    expect(screen.getByTestId("why-summary").textContent).toContain("“Menu” started");
    expect(within(screen.getByTestId("cache-workspace")).getByText("1 miss")).toBeTruthy();
  });
});
