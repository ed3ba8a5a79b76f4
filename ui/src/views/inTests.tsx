/** The window as tests open it, and what hinders people in it. */

import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe, { type RuleObject } from "axe-core";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import type { Host, Screen } from "@/host";
import { SCREENS } from "./Rail";
import { createStores } from "./stores";
import { Window } from "./Window";

/** Opens the window on a host, with the Simulator in front. */
export async function openWindow(host: Host) {
  const opened = draw(host, "simulator");
  await screen.findByTestId("composer");
  return opened;
}

/** Opens the window with the screen behind Alt and a digit in front, as another window begins
 * with it: the Simulator is not drawn before it. It is there once something in it is. */
export async function openScreen(host: Host, digit: number, testId: string) {
  const opened = draw(host, SCREENS.find(({ key }) => key === `${digit}`)?.screen ?? "simulator");
  // The screen is loaded when it is first asked for.
  await screen.findByTestId(testId, undefined, { timeout: 10_000 });
  return opened;
}

function draw(host: Host, shown: Screen) {
  const { stores, builder } = createStores(host, { screen: shown, automation: null });
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  return { user: userEvent.setup({ delay: null }), host, stores, builder };
}

/** What axe finds in the page. Colours are not drawn here; tokens.test.ts checks them. */
export async function violations(rules: RuleObject = {}): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    // Of what is right nothing is told, nor where in the page anything is.
    resultTypes: ["violations"],
    selectors: false,
    preload: false,
    rules: { "color-contrast": { enabled: false }, ...rules },
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
