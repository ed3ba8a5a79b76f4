import {
  lazy,
  type ReactNode,
  Suspense,
  startTransition,
  useCallback,
  useEffect,
  useState,
} from "react";
import { ProfileStrip } from "@/features/connections/strip/ProfileStrip";
import { ListenerControl } from "@/features/listener/ListenerControl";
import { Palette } from "@/features/palette/Palette";
import { useNavigation, useSession, useStores } from "@/features/session/context";
import type { Screen as ScreenName } from "@/features/session/navigation";
import { ShortcutList } from "@/features/settings/ShortcutList";
import { ThemeSwitch, useAppearance } from "@/features/settings/theme";
import { TunnelNotices } from "@/features/tunnel/TunnelNotices";
import { Welcome } from "@/features/welcome/Welcome";
import { Button, IconButton } from "@/shared/Button";
import { ErrorBoundary } from "@/shared/ErrorBoundary";
import { Icon, type IconName } from "@/shared/Icon";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { Rail, SCREENS } from "./Rail";
import { Simulator } from "./Simulator";
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
              <Screen ahead={ahead} />
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

/** What is not in front at the start is loaded a moment later, so that the start is quick. */
const loadBuilder = () => import("./Builder");
const Builder = lazy(async () => ({ default: (await loadBuilder()).Builder }));
const loadTraffic = () => import("./Traffic");
const Traffic = lazy(async () => ({ default: (await loadTraffic()).Traffic }));
const loadConversations = () => import("./Conversations");
const Conversations = lazy(async () => ({ default: (await loadConversations()).Conversations }));
const loadQueue = () => import("./Queue");
const Queue = lazy(async () => ({ default: (await loadQueue()).Queue }));
const loadCache = () => import("./Cache");
const Cache = lazy(async () => ({ default: (await loadCache()).Cache }));
const loadConnections = () => import("./Connections");
const Connections = lazy(async () => ({ default: (await loadConnections()).Connections }));
const A_MOMENT = 600;

function Screen({ ahead }: { ahead: boolean }) {
  const screen = useNavigation((navigation) => navigation.screen);
  const kept = useKept(screen, ahead);
  return (
    <>
      {!isKept(screen) && (
        <div className={styles.front}>
          <Suspense fallback={null}>{shown(screen)}</Suspense>
        </div>
      )}
      {KEPT.map((each) => {
        const front = each === screen;
        const drawn = kept[each];
        if (drawn === "no") return null;
        return (
          <div
            key={each}
            className={front ? styles.front : styles.behind}
            inert={!front}
            data-behind={front ? undefined : ""}
          >
            <Suspense fallback={null}>
              <Still stands={!front && drawn !== "ahead"}>{shown(each)}</Still>
            </Suspense>
          </div>
        );
      })}
    </>
  );
}

const NEVER = new Promise<never>(() => undefined);

/**
 * Lets a screen stand as it is, out of sight: its state and what is drawn of it stay, it
 * is not drawn anew with what changes, and its layout effects end. (React's `Activity`
 * would end all of its effects, and a canvas that begins anew takes a while.)
 */
function Still({ stands, children }: { stands: boolean; children: ReactNode }) {
  // What React waits for; `use` of it would hold up everything that is waited for in a test.
  if (stands) throw NEVER;
  return children;
}

/** These take longer to draw than a person should wait for a screen, so they stay. */
const KEPT = ["simulator", "builder"] as const;
type Kept = (typeof KEPT)[number];

function isKept(screen: ScreenName): screen is Kept {
  return (KEPT as readonly ScreenName[]).includes(screen);
}

/** Whether it was drawn: not yet, once behind another one, or in front. */
type Drawn = "no" | "ahead" | "yes";

function useKept(screen: ScreenName, ahead: boolean): Readonly<Record<Kept, Drawn>> {
  const [kept, setKept] = useState<Record<Kept, Drawn>>({ simulator: "no", builder: "no" });
  if (isKept(screen) && kept[screen] !== "yes") setKept({ ...kept, [screen]: "yes" });
  const filled = useSession((session) => session.library !== null);
  useEffect(() => {
    if (!ahead || !filled) return;
    const to = (before: Drawn, after: Drawn) =>
      startTransition(() =>
        setKept((now) => (now.builder === before ? { ...now, builder: after } : now)),
      );
    let timer = setTimeout(async () => {
      await Promise.all([
        loadBuilder(),
        loadTraffic(),
        loadCache(),
        loadQueue(),
        loadConversations(),
        loadConnections(),
      ]);
      to("no", "ahead");
      timer = setTimeout(() => to("ahead", "yes"), 2 * A_MOMENT);
    }, A_MOMENT);
    return () => clearTimeout(timer);
  }, [ahead, filled]);
  return kept;
}

function shown(screen: ScreenName) {
  switch (screen) {
    case "simulator":
      return <Simulator />;
    case "builder":
      return <Builder />;
    case "traffic":
      return <Traffic />;
    case "conversations":
      return <Conversations />;
    case "queue":
      return <Queue />;
    case "cache":
      return <Cache />;
    case "connections":
      return <Connections />;
  }
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
  note: "link",
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
