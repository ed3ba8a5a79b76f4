/** What the menu of a row offers: what can be done with a delivery that is open. */

import { useRef, useState } from "react";
import { useStores } from "@/features/session/context";
import { HostError, type TrafficRow } from "@/host";
import { copyText } from "@/shared/clipboard";
import type { Action } from "@/shared/RowMenu";
import { texts } from "@/texts";
import { useTrafficHost, useTrafficStore } from "./context";
import { useCurl } from "./curl";
import { leadingOf } from "./leading";
import { possible } from "./possible";
import { chosenOf, type Saving } from "./store";
import { rowId } from "./TrafficLine";

interface RowActions {
  actionsOf: (row: TrafficRow) => Action[];
  /** The menu of a row was asked for: looks whether its body was kept. */
  onAsk: (row: TrafficRow) => void;
}

export function useRowActions(): RowActions {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const curl = useCurl();
  const stores = useStores();
  const { tell } = stores.session.getState();
  // A row does not say whether its body was kept; until that is known it is taken for granted.
  const [bodyless, setBodyless] = useState<string | null>(null);
  const asked = useRef("");
  const t = texts.traffic.open;

  const onAsk = (row: TrafficRow) => {
    const id = rowId(row);
    asked.current = id;
    setBodyless(null);
    host.open(row.deliveryId, row.refusedId).then(
      ({ body }) => {
        if (body === null && asked.current === id) setBodyless(id);
      },
      // It is said when somebody wants something of it.
      () => undefined,
    );
  };
  /** Goes on with the body of one, or says why that cannot be. */
  const withBody = async (row: TrafficRow, then: (body: string) => Promise<void> | void) => {
    try {
      const { body } = await host.open(row.deliveryId, row.refusedId);
      if (body === null) tell({ kind: "note", text: t.noBody });
      else await then(body);
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
    }
  };
  /** Opens it, and goes on with its body. */
  const opening = async (row: TrafficRow, then: (body: string) => void) => {
    await store.getState().open(chosenOf(row));
    const { opened } = store.getState();
    if (!opened || opened.deliveryId !== row.deliveryId) return;
    if (opened.body === null) tell({ kind: "note", text: t.noBody });
    else then(opened.body);
  };
  const copyCurl = async (body: string) => {
    const line = await curl(body);
    if (line === null) return;
    const copied = await copyText(line);
    tell(
      copied
        ? { kind: "note", text: t.curlCopied }
        : { kind: "warning", text: texts.why.copyFailed },
    );
  };

  const actionsOf = (row: TrafficRow): Action[] => {
    const { deliveryId: delivery, refusedId: refused } = row;
    const { show, open, save } = store.getState();
    const hasBody = bodyless !== rowId(row);
    const can = possible({ deliveryId: delivery, refusedId: refused, hasBody });
    const does = (able: boolean, hint?: string) => ({
      disabled: !able,
      title: hasBody ? hint : t.noBody,
    });
    const actions: Action[] = [
      { id: "traffic-open", label: t.open, icon: "arrow", run: () => void open(chosenOf(row)) },
    ];
    if (delivery !== null) {
      actions.push({
        id: "traffic-replay",
        label: t.edit,
        icon: "redo",
        ...does(can.replay),
        run: () => void opening(row, (body) => show({ shows: "replay", delivery, body })),
      });
    } else if (refused !== null) {
      actions.push({
        id: "traffic-sign",
        label: t.sign,
        icon: "redo",
        ...does(can.sign, t.signHint),
        run: () => void opening(row, (body) => show({ shows: "signed", refused, body })),
      });
    }
    const asks = (what: Saving["what"]) =>
      void withBody(row, (body) => save({ what, delivery, body }));
    actions.push(
      {
        id: "traffic-curl",
        label: t.curl,
        icon: "copy",
        ...does(can.curl, t.curlHint),
        run: () => void withBody(row, copyCurl),
      },
      {
        id: "traffic-save-fixture",
        label: t.saveFixture,
        icon: "file",
        ...does(can.fixture),
        run: () => asks("fixture"),
      },
      {
        id: "traffic-save-scenario",
        label: t.saveScenario,
        icon: "scenarios",
        ...does(can.scenario),
        run: () => asks("scenario"),
      },
    );
    const from = { account: row.accountId, contact: row.contactId, delivery };
    const { toConversation, toSimulator } = leadingOf(stores, from);
    if (toConversation) {
      actions.push({
        id: "traffic-to-conversation",
        label: t.toConversation,
        icon: "people",
        run: toConversation,
      });
    }
    if (toSimulator) {
      actions.push({
        id: "traffic-to-simulator",
        label: t.toSimulator,
        icon: "message",
        run: toSimulator,
      });
    }
    return actions;
  };
  return { actionsOf, onAsk };
}
