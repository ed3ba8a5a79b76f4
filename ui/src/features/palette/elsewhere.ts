/** What the palette finds that the window does not hold: contacts, messages and comments, and
 * the automations of a connected profile. */

import { useEffect, useState } from "react";
import { conversationsOf } from "@/features/conversations/context";
import { nameOf } from "@/features/conversations/names";
import type { Stores } from "@/features/session/context";
import { useStores } from "@/features/session/context";
import { trafficOf } from "@/features/traffic/context";
import { chosenOf } from "@/features/traffic/store";
import type {
  DeliveryId,
  FoundAutomation,
  FoundTraffic,
  PersonRow,
  TrafficHost,
  TrafficRow,
} from "@/host";
import { texts } from "@/texts";
import type { Command } from "./commands";

/** After so many milliseconds without a key it is looked for. */
const PAUSE = 150;
/** Fewer letters than this mean nearly everybody. */
const LEAST = 2;
/** What may be a message's or a comment's id: long, in one word, with a digit. */
const ID = /^(?=.*\d)[\w.:=+/-]{6,}$/;
const MOST = 5;

/** What was found so far. */
export interface Elsewhere {
  commands: readonly Command[];
  /** Whether what answers at once has not answered yet. */
  looking: boolean;
  /** Whether the journal is still being looked through. */
  searching: boolean;
}

const NOTHING: Elsewhere = { commands: [], looking: false, searching: false };

/** Automations and contacts by name, address or id, and deliveries by the id of a message or a
 * comment: by the journal's index, or else through all of it, until the text is another or the
 * palette is closed. */
export function useElsewhere(typed: string): Elsewhere {
  const stores = useStores();
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    const words = typed.trim();
    if (words.length < LEAST) {
      setFound(NOTHING);
      return;
    }
    let current = true;
    const { connections, conversations, traffic } = stores.session.getState().host;
    const filter = ID.test(words) ? `text:"${words}"` : null;
    const look = async () => {
      // What cannot be looked through now, such as a journal that there is none of, finds
      // nothing; the screens say why.
      const [automations, people, indexed] = await Promise.all([
        connections.findAutomations(words).catch(() => []),
        conversations.find(words).catch(() => []),
        filter === null
          ? []
          : traffic.find(filter).then(
              ({ rows }) => rows,
              () => [],
            ),
      ]);
      if (!current) return;
      const commands = [
        ...automations.slice(0, MOST).map((automation) => toAutomation(stores, automation)),
        ...people.slice(0, MOST).map((person) => toContact(stores, person)),
        ...deliveries(stores, indexed),
      ];
      const searching = filter !== null && indexed.length === 0;
      setFound({ commands, looking: false, searching });
      if (!searching) return;
      const rows = await wholeJournal(traffic, filter, () => current);
      if (current) setFound({ ...NOTHING, commands: [...commands, ...deliveries(stores, rows)] });
    };
    setFound((before) => ({ ...before, looking: true, searching: false }));
    const timer = setTimeout(() => void look(), PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, stores]);
  return found;
}

/** Goes through the journal, a step of a moment at a time, until something is found, it ends, or
 * nobody wants to know any more. */
async function wholeJournal(
  traffic: TrafficHost,
  filter: string,
  goesOn: () => boolean,
): Promise<readonly TrafficRow[]> {
  let before: DeliveryId | null = null;
  do {
    const page: FoundTraffic | null = await traffic.search(filter, before).catch(() => null);
    if (page === null || page.rows.length > 0) return page?.rows ?? [];
    before = page.next;
  } while (before !== null && goesOn());
  return [];
}

function deliveries(stores: Stores, rows: readonly TrafficRow[]): Command[] {
  return rows.slice(0, MOST).map((row) => toDelivery(stores, row));
}

/** The Builder edits the offline library alone, so this one leads to what it has done. */
function toAutomation({ session, navigation }: Stores, automation: FoundAutomation): Command {
  const { id, name, workspace, isActive } = automation;
  return {
    id: `found-automation-${id}`,
    title: texts.palette.automation(name, workspace, isActive),
    icon: "flow",
    run: () => {
      navigation.getState().go("traffic");
      const traffic = trafficOf(session.getState().host).getState();
      const filter = `automation:${/^[^"\\]+$/.test(name) ? `"${name}"` : id}`;
      traffic.write(filter);
      void traffic.apply(filter);
    },
  };
}

function toContact({ session, navigation }: Stores, person: PersonRow): Command {
  const { accountId: account, contactId: contact } = person;
  return {
    id: `contact-${account}-${contact}`,
    title: texts.palette.contact(nameOf(person), person.email ?? contact),
    icon: "people",
    run: () => {
      navigation.getState().go("conversations");
      void conversationsOf(session.getState().host).getState().show({ account, contact });
    },
  };
}

function toDelivery({ session, navigation }: Stores, row: TrafficRow): Command {
  const { deliveryId, refusedId, index } = row;
  return {
    id: `delivery-${deliveryId ?? refusedId}-${index}`,
    title:
      deliveryId === null
        ? texts.palette.refused(row.text)
        : texts.palette.delivery(deliveryId, row.text),
    icon: "traffic",
    run: () => {
      navigation.getState().go("traffic");
      void trafficOf(session.getState().host).getState().open(chosenOf(row));
    },
  };
}
