/** The sentences and labels of the windows themselves. */

export const windows = {
  /** What the window is called on the desktop. */
  title: (screen: string) => `${screen} — Heliograph`,
  openScreen: (screen: string) => `Open ${screen} in a new window`,
  menu: (screen: string) => `More for ${screen}`,
  close: "Close this window",
  quit: "Quit Heliograph",
  /** What the rail says of a screen on hover. */
  rail: (screen: string, key: string) =>
    `${screen} (Alt ${key}), or with Ctrl and a click in a window of its own`,
} as const;
