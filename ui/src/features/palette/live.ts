/** What can be done on the live screens, from anywhere. */

import { cacheOf } from "@/features/cache/context";
import { COLLECTIONS } from "@/features/cache/series";
import { EVERYBODY } from "@/features/conversations/store";
import { exportPeople } from "@/features/conversations/useExport";
import { queueOf } from "@/features/queue/context";
import { goToFailedSends } from "@/features/queue/sends/leading";
import { isOnlyLooking, type QueueStore } from "@/features/queue/store";
import { movingOf } from "@/features/queue/useMoving";
import type { Stores } from "@/features/session/context";
import type { Screen } from "@/features/session/navigation";
import { noticeOf } from "@/features/session/session";
import { trafficOf } from "@/features/traffic/context";
import { HostError, type JobsIn, type QueueNews } from "@/host";
import { texts } from "@/texts";
import type { Command } from "./commands";

const say = texts.palette;
const TABS: readonly JobsIn[] = ["failed", "waiting", "active", "delayed", "completed"];
/** For so long, in milliseconds, a screen may take to be there. */
const PATIENCE = 5_000;

/** The commands of Traffic, Conversations, Cache and Queue. */
export function liveCommands(stores: Stores): Command[] {
  return [
    ...ofTraffic(stores),
    {
      id: "find-conversation",
      title: say.findConversation,
      icon: "search",
      run: () => {
        stores.navigation.getState().go("conversations");
        focusSoon("people-search");
      },
    },
    {
      id: "export-contacts",
      title: say.exportContacts,
      icon: "file",
      run: () => void exportPeople(stores.session, { ...EVERYBODY, list: "contacts" }, null),
    },
    ...ofCache(stores),
    ...ofQueue(stores),
  ];
}

function ofTraffic({ session, navigation }: Stores): Command[] {
  const traffic = trafficOf(session.getState().host);
  const { paused, filter } = traffic.getState();
  const there = (then: () => void) => () => {
    navigation.getState().go("traffic");
    then();
  };
  return [
    {
      id: "traffic-compose",
      title: texts.traffic.empty.compose,
      icon: "send",
      run: there(() => traffic.getState().show({ shows: "compose" })),
    },
    {
      id: "traffic-pause",
      title: paused ? say.resumeTraffic : say.pauseTraffic,
      icon: paused ? "play" : "pause",
      run: there(() => (paused ? traffic.getState().follow() : traffic.getState().pause())),
    },
    {
      id: "traffic-filter",
      title: say.filterTraffic,
      icon: "search",
      run: there(() => focusSoon("traffic-filter")),
    },
    ...(filter === ""
      ? []
      : [
          {
            id: "traffic-clear",
            title: say.clearTraffic,
            icon: "close" as const,
            run: there(() => {
              traffic.getState().write("");
              void traffic.getState().apply("");
            }),
          },
        ]),
    {
      id: "traffic-refused",
      title: say.refusedTraffic,
      icon: "lock",
      run: there(() => {
        traffic.getState().write("result:refused");
        void traffic
          .getState()
          .apply("result:refused")
          .then(() => traffic.getState().search(false));
      }),
    },
  ];
}

function ofCache({ session, navigation }: Stores): Command[] {
  const cache = cacheOf(session.getState().host);
  const refusal = texts.cache.refusals[cache.getState().news?.guard ?? "offline"];
  const { tell } = session.getState();
  return [
    {
      id: "cache-scan",
      title: say.scanCache,
      icon: "search",
      run: () => {
        navigation.getState().go("cache");
        cache
          .getState()
          .scan()
          .catch((thrown: unknown) => tell(noticeOf(HostError.from(thrown))));
      },
    },
    ...COLLECTIONS.map(
      (collection): Command => ({
        id: `invalidate-${collection}`,
        title: say.invalidate(texts.collections[collection]),
        icon: "trash",
        run: () => {
          navigation.getState().go("cache");
          if (refusal) tell({ kind: "warning", text: refusal });
          else cache.getState().ask({ wish: "all", collection });
        },
      }),
    ),
  ];
}

function ofQueue(stores: Stores): Command[] {
  const { session, navigation } = stores;
  const { host, tell } = session.getState();
  const queue = queueOf(host);
  const { news } = queue.getState();
  const paused = news?.figures?.paused ?? false;
  // Where it is seen what is asked, and what comes of it.
  const asking = (ask: (news: QueueNews) => void) => () => {
    navigation.getState().go("queue");
    onceTold(queue, (told) => {
      if (isOnlyLooking(told)) {
        tell({ kind: "warning", text: texts.queue.observes(told.level) });
      } else ask(told);
    });
  };
  const resume = (told: QueueNews) => {
    if ((told.figures?.parked ?? 0) > 0) queue.getState().ask({ ask: "merge" });
    else void movingOf(session).resume(false);
  };
  return [
    {
      id: "queue-pause",
      title: paused ? say.resumeQueue : say.pauseQueue,
      icon: paused ? "play" : "pause",
      run: asking((told) => {
        if (paused) resume(told);
        else if (!told.figures?.paused) queue.getState().ask({ ask: "pause" });
      }),
    },
    {
      id: "queue-retry",
      title: say.retryFailed,
      icon: "retry",
      run: asking(() => {
        queue.getState().show("failed");
        void movingOf(session).askRetry({ which: "all" });
      }),
    },
    ...TABS.map(
      (tab): Command => ({
        id: `queue-${tab}`,
        title: say.jobs(texts.queue.states[tab]),
        icon: "queue",
        run: () => {
          navigation.getState().go("queue" satisfies Screen);
          onceTold(queue, ({ figures }) => {
            if (tab !== "completed" || figures?.completed !== null) queue.getState().show(tab);
            else tell({ kind: "note", text: texts.queue.none.completed });
          });
        },
      }),
    ),
    {
      id: "queue-sends",
      title: say.failedSends,
      icon: "queue",
      run: () => goToFailedSends(stores),
    },
  ];
}

/** Runs as soon as it is known how the queue stands; not at all when nobody says it. */
function onceTold(queue: QueueStore, then: (news: QueueNews) => void): void {
  const { news } = queue.getState();
  if (news) {
    then(news);
    return;
  }
  const stop = queue.subscribe((state) => {
    if (!state.news) return;
    stop();
    then(state.news);
  });
  setTimeout(stop, PATIENCE);
}

/** Puts the focus into a field as soon as its screen is there. */
function focusSoon(testId: string): void {
  const until = performance.now() + PATIENCE;
  const look = () => {
    const field = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
    if (field) field.focus();
    else if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
}
