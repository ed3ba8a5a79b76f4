/** What can be done with a failed send: the buttons of an open one, and the menu of a row. */

import { conversationsOf } from "@/features/conversations/context";
import { useStores } from "@/features/session/context";
import { trafficOf } from "@/features/traffic/context";
import type { QueueNews, SendChoice, SendRow } from "@/host";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { isOnlyLooking } from "../store";
import { useForgetting } from "./useForgetting";
import { useSendingAgain } from "./useSendingAgain";

export function useSendActions(news: QueueNews): (row: SendRow) => Action[] {
  const { session, navigation } = useStores();
  const { askForget } = useForgetting();
  const { askAgain } = useSendingAgain();
  const observes = isOnlyLooking(news);
  const title = observes ? texts.queue.observes(news.level) : undefined;
  const { host } = session.getState();
  const t = texts.queue.sends;
  return (row) => {
    const { accountId: account, contactId: contact, deliveryId } = row;
    const choice: SendChoice = { which: "some", ids: [row.id] };
    const actions: Action[] = [];
    if (contact !== null) {
      actions.push({
        id: "queue-send-conversation",
        label: t.toConversation,
        icon: "people",
        look: "primary",
        run: () => {
          navigation.getState().go("conversations");
          void conversationsOf(host).getState().show({ account, contact });
        },
      });
    }
    actions.push({
      id: "queue-send-again",
      label: t.again,
      icon: "send",
      disabled: observes,
      title,
      run: () => void askAgain(choice),
    });
    if (deliveryId !== null) {
      actions.push({
        id: "queue-send-traffic",
        label: texts.queue.job.toTraffic,
        icon: "traffic",
        run: () => {
          void trafficOf(host).getState().open({ number: 0, delivery: deliveryId, index: null });
          navigation.getState().go("traffic");
        },
      });
    }
    actions.push({
      id: "queue-forget",
      label: t.forget,
      disabled: observes,
      title,
      run: () => void askForget(choice),
    });
    return actions;
  };
}
