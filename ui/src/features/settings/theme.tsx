import { useEffect } from "react";
import { useSession } from "@/features/session/context";
import type { Theme } from "@/host";
import { IconButton } from "@/shared/Button";
import type { IconName } from "@/shared/Icon";
import { texts } from "@/texts";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICON: Record<Theme, IconName> = { system: "system", light: "sun", dark: "moon" };

/** System, light, dark, and round again. */
export function ThemeSwitch() {
  const theme = useSession((session) => session.settings.theme);
  const save = useSession((session) => session.saveSettings);
  return (
    <IconButton
      icon={ICON[theme]}
      label={texts.theme.label(theme)}
      data-testid="theme"
      onClick={() => void save({ theme: NEXT[theme] })}
    />
  );
}

/** Puts the theme onto the document; the size is the shell's business. */
export function useAppearance() {
  const theme = useSession((session) => session.settings.theme);
  useEffect(() => {
    const root = document.documentElement;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  }, [theme]);
}

const ZOOMS = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

/** The next larger or smaller size; 1 for the normal one. */
export function zoomed(zoom: number, direction: "in" | "out" | "normal"): number {
  switch (direction) {
    case "normal":
      return 1;
    case "in":
      return ZOOMS.find((each) => each > zoom + 0.001) ?? zoom;
    case "out":
      return ZOOMS.findLast((each) => each < zoom - 0.001) ?? zoom;
  }
}
