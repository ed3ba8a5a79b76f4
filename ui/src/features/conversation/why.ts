/** Leads from a bubble to the decision behind it. */

import { useLooking } from "@/features/session/context";
import type { Bubble, Person } from "@/host";
import { deliveryBehind } from "./threads";

export interface WhyBubble {
  canShow: boolean;
  /** It led to the decision that was chosen to be shown, or came of it. */
  inFront: boolean;
  /** Shows its decision where there is room for it. */
  choose: () => void;
  /** Brings its decision to the front. */
  show: () => void;
}

export function useWhy(person: Person, bubble: Bubble): WhyBubble {
  const chosen = useLooking((looking) => looking.delivery);
  const choose = useLooking((looking) => looking.chooseDelivery);
  const bringToFront = useLooking((looking) => looking.show);
  const delivery = deliveryBehind(person.conversation, bubble.id);
  return {
    canShow: delivery !== null,
    inFront: delivery !== null && chosen === delivery && bubble.deliveryId === delivery,
    choose: () => {
      if (delivery !== null) choose(delivery);
    },
    show: () => {
      if (delivery === null) return;
      choose(delivery);
      bringToFront("why");
    },
  };
}
