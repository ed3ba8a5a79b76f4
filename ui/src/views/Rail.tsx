import { useEffect } from "react";
import { useNavigation, useStores } from "@/features/session/context";
import type { Screen } from "@/features/session/navigation";
import { Icon, type IconName } from "@/shared/Icon";
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
        <button
          key={screen}
          type="button"
          className={styles.screen}
          aria-current={screen === front ? "page" : undefined}
          title={`${texts.window.screen[screen]} (Alt ${key})`}
          data-testid={`screen-${screen}`}
          onClick={() => navigation.getState().go(screen)}
        >
          <Icon name={icon} size={20} />
          <span>{texts.window.screen[screen]}</span>
        </button>
      ))}
    </nav>
  );
}
