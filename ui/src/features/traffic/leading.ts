/** Where a delivery leads to: whom it is from, in Conversations and in the Simulator. */

import { conversationsOf } from "@/features/conversations/context";
import type { Stores } from "@/features/session/context";
import type { AccountId, ContactId, DeliveryId } from "@/host";
import { ownId } from "./accounts";

interface From {
  account: AccountId | null;
  contact: ContactId | null;
  delivery: DeliveryId | null;
}

interface Leading {
  /** Opens the contact's conversation; null where none is known. */
  toConversation: (() => void) | null;
  /** Shows one of the Simulator's people there; null of anybody else. */
  toSimulator: (() => void) | null;
}

export function leadingOf(stores: Stores, { account, contact, delivery }: From): Leading {
  const { session, navigation, looking } = stores;
  const { opened, connection, host } = session.getState();
  const isOffline = (connection?.profile ?? null) === null;
  const person = contact !== null && isOffline ? opened?.people[contact] : undefined;
  const isKnown = account !== null && contact !== null;
  return {
    toConversation: isKnown
      ? () => {
          navigation.getState().go("conversations");
          const whom = { account: ownId(session, account), contact };
          void conversationsOf(host).getState().show(whom);
        }
      : null,
    toSimulator: person
      ? () => {
          looking.getState().choosePerson(person.id);
          if (delivery !== null) looking.getState().chooseDelivery(delivery);
          navigation.getState().go("simulator");
        }
      : null,
  };
}
