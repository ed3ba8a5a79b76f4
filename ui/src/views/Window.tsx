import { useCallback, useEffect, useState } from "react";
import { ProfileStrip } from "@/features/connections/strip/ProfileStrip";
import { ListenerControl } from "@/features/listener/ListenerControl";
import { NoticeBell } from "@/features/notices/NoticeBell";
import { Palette } from "@/features/palette/Palette";
import { useSession, useStores } from "@/features/session/context";
import { ShortcutList } from "@/features/settings/ShortcutList";
import { ThemeSwitch, useAppearance } from "@/features/settings/theme";
import { TunnelNotices } from "@/features/tunnel/TunnelNotices";
import { Welcome } from "@/features/welcome/Welcome";
import { useWindow } from "@/features/windows/useWindow";
import { Button, IconButton } from "@/shared/Button";
import { ErrorBoundary } from "@/shared/ErrorBoundary";
import { Icon, type IconName } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { Rail, SCREENS } from "./Rail";
import { Screens } from "./Screens";
import { StatusLine } from "./StatusLine";
import { useShortcuts } from "./useShortcuts";
import styles from "./Window.module.css";

/**
 * The frame around every screen: strip, screen, status line. `ahead`: what is not in front
 * at the start is loaded and drawn a moment later.
 */
export function Window({ ahead = false }: { ahead?: boolean }) {
  const { session } = useStores();
  const opened = useSession((each) => each.opened !== null);
  const level = useSession((each) => each.connection?.level ?? "offline");
  const [keys, setKeys] = useState(false);
  useAppearance();
  useWindow();
  useShortcuts(useCallback(() => setKeys((shown) => !shown), []));

  useEffect(() => {
    void session.getState().open();
    return session.getState().watch();
  }, [session]);

  return (
    <div className={styles.window}>
      <header className={styles.strip} data-level={level}>
        <ProfileStrip />
        <NoticeBar />
        {opened && <Palette screens={SCREENS} />}
        <ListenerControl />
        <NoticeBell />
        <ShortcutList open={keys} onToggle={setKeys} />
        <ThemeSwitch />
      </header>
      <TunnelNotices />
      <Busy />
      {opened && <Welcome />}
      <div className={styles.middle}>
        <Rail />
        <main className={styles.screen}>
          {opened ? (
            <ErrorBoundary
              fallback={(error, again) => (
                <div className={pane.empty} role="alert">
                  <strong>{texts.window.crashed}</strong>
                  <p className="selectable">{error.message}</p>
                  <Button onClick={again}>{texts.window.retry}</Button>
                </div>
              )}
            >
              <Screens ahead={ahead} />
            </ErrorBoundary>
          ) : (
            <Opening />
          )}
        </main>
      </div>
      {opened && <StatusLine />}
    </div>
  );
}

/** A line that runs while a command takes longer than a moment. */
function Busy() {
  const busy = useSession((session) => session.busy > 0);
  return <div className={busy ? styles.busy : styles.idle} aria-hidden="true" />;
}

function Opening() {
  const failure = useSession((session) => session.failure);
  const open = useSession((session) => session.open);
  if (!failure) {
    return (
      <div className={pane.empty} aria-busy="true">
        <p>{texts.window.opening}</p>
      </div>
    );
  }
  return (
    <div className={pane.empty} role="alert" data-testid="failure">
      <strong>{texts.window.failed}</strong>
      <p className="selectable">{failure.message}</p>
      <Button look="primary" onClick={() => void open()}>
        {texts.window.retry}
      </Button>
    </div>
  );
}

const NOTICE_ICON: Record<"failed" | "warning" | "note", IconName> = {
  failed: "failed",
  warning: "warning",
  note: "check",
};

/** What a command had to say, until it is dismissed or the next one works. */
function NoticeBar() {
  const notice = useSession((session) => session.notice);
  const tell = useSession((session) => session.tell);
  if (!notice) return <span className={styles.spring} />;
  return (
    <div className={styles.notice} data-kind={notice.kind} role="alert">
      <Icon name={NOTICE_ICON[notice.kind]} size={14} />
      <p className="selectable" title={notice.text} data-testid="notice">
        {notice.text}
      </p>
      {notice.action && (
        <Button look="quiet" data-testid="notice-action" onClick={notice.action.run}>
          {notice.action.label}
        </Button>
      )}
      <IconButton small icon="close" label={texts.window.dismiss} onClick={() => tell(null)} />
    </div>
  );
}
