/** What the menu of a row offers: what can be done with a delivery that is open. */

import { useStores } from "@/features/session/context";
import { HostError, type TrafficRow } from "@/host";
import { copyText } from "@/shared/clipboard";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useTrafficHost, useTrafficStore } from "./context";
import { useCurl } from "./curl";
import { chosenOf } from "./store";

export function useRowActions(): (row: TrafficRow) => Action[] {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const curl = useCurl();
  const { session, looking, navigation } = useStores();
  const { tell } = session.getState();
  const t = texts.traffic.open;
  /** Opens it, and goes on with its body. */
  const withBody = async (row: TrafficRow, then: (body: string) => void) => {
    await store.getState().open(chosenOf(row));
    const { opened } = store.getState();
    if (!opened || opened.deliveryId !== row.deliveryId) return;
    if (opened.body === null) tell({ kind: "note", text: t.noBody });
    else then(opened.body);
  };
  const copyCurl = async (row: TrafficRow) => {
    try {
      const { body } = await host.open(row.deliveryId, row.refusedId);
      if (body === null) {
        tell({ kind: "note", text: t.noBody });
        return;
      }
      const line = await curl(body);
      if (line === null) return;
      const copied = await copyText(line);
      tell(
        copied
          ? { kind: "note", text: t.curlCopied }
          : { kind: "warning", text: texts.why.copyFailed },
      );
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
    }
  };
  return (row) => {
    const { deliveryId: delivery, refusedId: refused, contactId } = row;
    const person = contactId ? session.getState().opened?.people[contactId] : undefined;
    const { show, open } = store.getState();
    const actions: Action[] = [
      { id: "traffic-open", label: t.open, icon: "arrow", run: () => void open(chosenOf(row)) },
    ];
    if (delivery !== null) {
      actions.push({
        id: "traffic-replay",
        label: t.edit,
        icon: "redo",
        run: () => void withBody(row, (body) => show({ shows: "replay", delivery, body })),
      });
    } else if (refused !== null) {
      actions.push({
        id: "traffic-sign",
        label: t.sign,
        icon: "redo",
        title: t.signHint,
        run: () => void withBody(row, (body) => show({ shows: "signed", refused, body })),
      });
    }
    actions.push({
      id: "traffic-curl",
      label: t.curl,
      icon: "copy",
      title: t.curlHint,
      run: () => void copyCurl(row),
    });
    if (person) {
      actions.push({
        id: "traffic-to-simulator",
        label: t.toConversation,
        icon: "message",
        run: () => {
          looking.getState().choosePerson(person.id);
          if (delivery !== null) looking.getState().chooseDelivery(delivery);
          navigation.getState().go("simulator");
        },
      });
    }
    return actions;
  };
}
