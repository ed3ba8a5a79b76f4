/** What the address of the page says: what the window shows first. */

import type { AutomationId, Screen } from "@/host";
import { texts } from "@/texts";

export interface Shows {
  screen: Screen;
  /** The automation that the Builder shows; null: none was named. */
  automation: AutomationId | null;
}

/** What a query such as `?screen=traffic` asks for; the Simulator where it names nothing. */
export function shownBy(query: string): Shows {
  const asked = new URLSearchParams(query);
  const screen = asked.get("screen") ?? "";
  return {
    screen: isScreen(screen) ? screen : "simulator",
    automation: asked.get("automation"),
  };
}

/** The same query with another screen, so that a page that is loaded again shows it. */
export function queryWith(query: string, screen: Screen): string {
  const asked = new URLSearchParams(query);
  asked.set("screen", screen);
  asked.delete("automation");
  return `?${asked}`;
}

function isScreen(name: string): name is Screen {
  return Object.hasOwn(texts.window.screen, name);
}
