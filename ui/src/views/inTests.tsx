/** The window as tests open it, and what hinders people in it. */

import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe, { type RuleObject } from "axe-core";
import { BuilderProvider } from "@/features/library/context";
import { StoresProvider } from "@/features/session/context";
import type { Host } from "@/host";
import { createStores } from "./stores";
import { Window } from "./Window";

/** Opens the window on a host. */
export async function openWindow(host: Host) {
  const { stores, builder } = createStores(host);
  render(
    <StoresProvider stores={stores}>
      <BuilderProvider stores={builder}>
        <Window />
      </BuilderProvider>
    </StoresProvider>,
  );
  await screen.findByTestId("composer");
  return { user: userEvent.setup({ delay: null }), host, stores, builder };
}

/** Opens the window and goes to the screen behind Alt and a digit, which is there once
 * something in it is. */
export async function openScreen(host: Host, digit: number, testId: string) {
  const opened = await openWindow(host);
  await opened.user.keyboard(`{Alt>}${digit}{/Alt}`);
  // The screen is loaded when it is first asked for.
  await screen.findByTestId(testId, undefined, { timeout: 10_000 });
  return opened;
}

/** What axe finds in the page. Colours are not drawn here; tokens.test.ts checks them. */
export async function violations(rules: RuleObject = {}): Promise<string[]> {
  const { violations: found } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, ...rules },
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
