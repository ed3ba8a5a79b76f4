import { useEffect, useRef, useState } from "react";
import { useBuilder } from "@/features/library/context";
import { useNavigation, useStores } from "@/features/session/context";
import type { Screen } from "@/features/session/navigation";
import { openWindow } from "@/features/windows/windows";
import { Icon, type IconName } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./Rail.module.css";

export const SCREENS: readonly { screen: Screen; icon: IconName; key: string }[] = [
  { screen: "simulator", icon: "message", key: "1" },
  { screen: "builder", icon: "flow", key: "2" },
  { screen: "traffic", icon: "traffic", key: "3" },
  { screen: "conversations", icon: "people", key: "4" },
  { screen: "cache", icon: "cache", key: "5" },
  { screen: "queue", icon: "queue", key: "6" },
  { screen: "connections", icon: "plug", key: "7" },
];

/** The screens, one below the other; Alt and a number leads there too. */
export function Rail() {
  const front = useNavigation((navigation) => navigation.screen);
  const { navigation } = useStores();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const found = SCREENS.find(({ key }) => key === event.key);
      if (!found) return;
      event.preventDefault();
      navigation.getState().go(found.screen);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigation]);

  return (
    <nav className={styles.rail} aria-label={texts.window.screens}>
      {SCREENS.map(({ screen, icon, key }) => (
        <RailButton
          key={screen}
          screen={screen}
          icon={icon}
          shortcut={key}
          inFront={screen === front}
        />
      ))}
    </nav>
  );
}

interface RailButtonProps {
  screen: Screen;
  icon: IconName;
  shortcut: string;
  inFront: boolean;
}

/** One screen: a click brings it in front; with Ctrl, or the middle button, it is opened in
 * a window of its own. */
function RailButton({ screen, icon, shortcut, inFront }: RailButtonProps) {
  const stores = useStores();
  const builder = useBuilder();
  const button = useRef<HTMLButtonElement>(null);
  const [menu, setMenu] = useState(false);
  const name = texts.window.screen[screen];
  const elsewhere = () => void openWindow(stores, builder, screen);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.screen}
        aria-current={inFront ? "page" : undefined}
        aria-haspopup="menu"
        title={texts.windows.rail(name, shortcut)}
        data-testid={`screen-${screen}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) elsewhere();
          else stores.navigation.getState().go(screen);
        }}
        onAuxClick={(event) => {
          if (event.button === 1) elsewhere();
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu(true);
        }}
      >
        <Icon name={icon} size={20} />
        <span>{name}</span>
      </button>
      <Popover
        anchor={button}
        open={menu}
        onClose={() => setMenu(false)}
        label={texts.windows.menu(name)}
        role="menu"
      >
        <MenuItem
          icon="link"
          testId={`window-${screen}`}
          onChoose={() => {
            setMenu(false);
            elsewhere();
          }}
        >
          {texts.windows.openScreen(name)}
        </MenuItem>
      </Popover>
    </>
  );
}
