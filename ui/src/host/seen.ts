/**
 * Goes on while the window can be seen: what a person cannot see (minimised, on another
 * desktop, kept in the tray) is neither computed nor told. Beginning again must tell
 * everything.
 *
 * @returns ends it for good.
 */
export function whileSeen(begin: () => () => void): () => void {
  let end: (() => void) | null = null;
  const look = () => {
    if (!document.hidden) end ??= begin();
    else {
      end?.();
      end = null;
    }
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    end?.();
    end = null;
  };
}
