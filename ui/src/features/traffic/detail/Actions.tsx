import { useRef, useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { useStores } from "@/features/session/context";
import type { AccountId, ContactId, OpenedDelivery } from "@/host";
import { Button } from "@/shared/Button";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { useTraffic, useTrafficStore } from "../context";
import { useCurl } from "../curl";
import { leadingOf } from "../leading";
import { possible } from "../possible";
import type { Saving } from "../store";
import styles from "./Delivery.module.css";

/** What can be done with a delivery that is open. */
export function Actions({ opened }: { opened: OpenedDelivery }) {
  const store = useTrafficStore();
  const stores = useStores();
  const curl = useCurl();
  const more = useRef<HTMLButtonElement>(null);
  const [menu, setMenu] = useState(false);
  const t = texts.traffic.open;
  const { body, deliveryId } = opened;
  const chosen = useTraffic((state) => state.chosen);
  const refusedId = chosen?.refused ?? null;
  const can = possible({ deliveryId, refusedId, hasBody: body !== null });
  const { account, contact } = whoseOf(opened, chosen?.index ?? null);
  const from = { account, contact, delivery: deliveryId };
  const { toConversation, toSimulator } = leadingOf(stores, from);
  const choose = (run: () => void) => () => {
    setMenu(false);
    run();
  };
  const save = (what: Saving["what"]) => {
    if (body !== null) store.getState().save({ what, delivery: deliveryId, body });
  };
  return (
    <div className={styles.actions}>
      {can.replay && deliveryId !== null && body !== null && (
        <Button
          icon="redo"
          look="primary"
          data-testid="traffic-replay"
          onClick={() => store.getState().show({ shows: "replay", delivery: deliveryId, body })}
        >
          {t.edit}
        </Button>
      )}
      {can.sign && refusedId !== null && body !== null && (
        <Button
          icon="redo"
          data-testid="traffic-sign"
          title={t.signHint}
          onClick={() => store.getState().show({ shows: "signed", refused: refusedId, body })}
        >
          {t.sign}
        </Button>
      )}
      {can.curl && body !== null && (
        <CopyButton label={t.curl} testId="traffic-curl" text={() => curl(body)} />
      )}
      {(can.fixture || toConversation) && (
        <>
          <Button
            ref={more}
            icon="more"
            aria-haspopup="menu"
            aria-expanded={menu}
            data-testid="traffic-more"
            onClick={() => setMenu(!menu)}
          >
            {t.more}
          </Button>
          <Popover
            anchor={more}
            open={menu}
            onClose={() => setMenu(false)}
            label={t.more}
            role="menu"
          >
            <MenuItem
              icon="file"
              disabled={!can.fixture}
              testId="traffic-save-fixture"
              onChoose={choose(() => save("fixture"))}
            >
              {t.saveFixture}
            </MenuItem>
            <MenuItem
              icon="scenarios"
              disabled={!can.scenario}
              testId="traffic-save-scenario"
              onChoose={choose(() => save("scenario"))}
            >
              {t.saveScenario}
            </MenuItem>
            {toConversation && (
              <MenuItem
                icon="people"
                testId="traffic-to-conversation"
                onChoose={choose(toConversation)}
              >
                {t.toConversation}
              </MenuItem>
            )}
            {toSimulator && (
              <MenuItem icon="message" testId="traffic-to-simulator" onChoose={choose(toSimulator)}>
                {t.toSimulator}
              </MenuItem>
            )}
          </Popover>
        </>
      )}
    </div>
  );
}

/** Of whom a delivery tells: of the event that was chosen, or else of the first of anybody. */
function whoseOf({ decisions }: OpenedDelivery, index: number | null): Whose {
  const of = decisions.filter(({ event }) => event.contactId);
  const event = (of.find((record) => record.index === index) ?? of[0])?.event;
  return { account: event?.accountId ?? null, contact: event?.contactId ?? null };
}

interface Whose {
  account: AccountId | null;
  contact: ContactId | null;
}
