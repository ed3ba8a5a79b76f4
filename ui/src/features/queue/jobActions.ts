/** What can be done with a job: the buttons of an open one, and the menu of a row. */

import { useStores } from "@/features/session/context";
import { trafficOf } from "@/features/traffic/context";
import type { JobRow, JobsIn, QueueNews } from "@/host";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useQueueStore } from "./context";
import { isOnlyLooking } from "./store";
import { these, useMoving } from "./useMoving";

export function useJobActions(news: QueueNews): (row: JobRow, state: JobsIn | null) => Action[] {
  const store = useQueueStore();
  const { session, navigation } = useStores();
  const { retry, promote, askRemove } = useMoving();
  const observes = isOnlyLooking(news);
  const why = observes ? texts.queue.observes(news.level) : undefined;
  const t = texts.queue.job;
  return (row, state) => {
    const { deliveryId } = row;
    const choice = these([row.id]);
    const { ask } = store.getState();
    const guarded = { disabled: observes, title: why };
    const actions: Action[] = [];
    if (state === "failed") {
      actions.push(
        {
          id: "queue-retry",
          label: t.retry,
          icon: "retry",
          look: "primary",
          ...guarded,
          // What is really sent is not sent by a click that slipped.
          run: () =>
            news.level === "live" ? ask({ ask: "retry", choice, count: 1 }) : void retry(choice),
        },
        {
          id: "queue-discard",
          label: t.discard,
          ...guarded,
          run: () => ask({ ask: "discard", from: "failed", choice, count: 1 }),
        },
      );
    }
    if (state === "delayed") {
      actions.push({
        id: "queue-promote",
        label: t.promote,
        icon: "toEnd",
        look: "primary",
        ...guarded,
        run: () => void promote(choice),
      });
    }
    if (state === "waiting" || state === "delayed") {
      actions.push(
        {
          id: "queue-remove",
          label: t.remove,
          ...guarded,
          run: () => ask({ ask: "discard", from: state, choice, count: 1 }),
        },
        {
          id: "queue-remove-like",
          label: t.removeLike,
          look: "quiet",
          disabled: observes,
          title: why ?? t.removeLikeHint,
          run: () => void askRemove(state, { which: "like", id: row.id }),
        },
      );
    }
    if (deliveryId !== null) {
      actions.push({
        id: "queue-to-traffic",
        label: t.toTraffic,
        icon: "traffic",
        run: () => {
          const traffic = trafficOf(session.getState().host).getState();
          void traffic.open({ number: 0, delivery: deliveryId, index: null });
          navigation.getState().go("traffic");
        },
      });
    }
    return actions;
  };
}
