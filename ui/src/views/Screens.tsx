import { lazy, type ReactNode, Suspense, startTransition, useEffect, useState } from "react";
import { useNavigation, useSession } from "@/features/session/context";
import type { Screen as ScreenName } from "@/features/session/navigation";
import styles from "./Screens.module.css";
import { Simulator } from "./Simulator";

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
const A_MOMENT = 300;
const REST = 120;

/** The screen in front, and those that stay drawn behind it. */
export function Screens({ ahead }: { ahead: boolean }) {
  const screen = useNavigation((navigation) => navigation.screen);
  const kept = useKept(screen, ahead);
  // What is left is put to rest when what came in front has been painted.
  const [left, setLeft] = useState<ScreenName | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setLeft(screen), REST);
    return () => clearTimeout(timer);
  }, [screen]);
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
        const stands = !front && drawn !== "ahead" && left === screen;
        return (
          <div
            key={each}
            className={front ? styles.front : styles.behind}
            // What stands still is not there for anybody anyway.
            inert={!front && !stands}
            data-behind={front ? undefined : ""}
          >
            <Suspense fallback={null}>
              <Still stands={stands}>{shown(each)}</Still>
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

/** Whether it was drawn: not yet, behind another one until it is opened, or in front. */
type Drawn = "no" | "ahead" | "yes";

function useKept(screen: ScreenName, ahead: boolean): Readonly<Record<Kept, Drawn>> {
  const [kept, setKept] = useState<Record<Kept, Drawn>>({ simulator: "no", builder: "no" });
  if (isKept(screen) && kept[screen] !== "yes") setKept({ ...kept, [screen]: "yes" });
  const filled = useSession((session) => session.library !== null);
  useEffect(() => {
    if (!ahead || !filled) return;
    const timer = setTimeout(async () => {
      await Promise.all([
        loadBuilder(),
        loadTraffic(),
        loadCache(),
        loadQueue(),
        loadConversations(),
        loadConnections(),
      ]);
      startTransition(() =>
        setKept((now) => (now.builder === "no" ? { ...now, builder: "ahead" } : now)),
      );
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
