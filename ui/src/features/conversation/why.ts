/** Leads from a bubble to the decision behind it. */

import { useLooking } from "@/features/session/context";
import type { Bubble, Person } from "@/host";
import { deliveryBehind } from "./threads";

export interface WhyBubble {
  canShow: boolean;
  /** It led to the decision that was chosen to be shown, or came of it. */
  inFront: boolean;
  show: () => void;
}

export function useWhy(person: Person, bubble: Bubble): WhyBubble {
  const chosen = useLooking((looking) => looking.delivery);
  const choose = useLooking((looking) => looking.chooseDelivery);
  const delivery = deliveryBehind(person.conversation, bubble.id);
  return {
    canShow: delivery !== null,
    inFront: delivery !== null && chosen === delivery && bubble.deliveryId === delivery,
    show: () => {
      if (delivery !== null) choose(delivery);
    },
  };
}
