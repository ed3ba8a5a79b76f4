import { useRef, useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { useSession, useStores } from "@/features/session/context";
import type { OpenedDelivery } from "@/host";
import { Button } from "@/shared/Button";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { useTraffic, useTrafficHost, useTrafficStore } from "../context";
import { useCurl } from "../curl";
import styles from "./Delivery.module.css";
import { SaveDialog } from "./SaveDialog";

/** What can be done with a delivery that is open. */
export function Actions({ opened }: { opened: OpenedDelivery }) {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const { looking, navigation } = useStores();
  const curl = useCurl();
  const people = useSession((session) => session.opened?.people);
  const more = useRef<HTMLButtonElement>(null);
  const [menu, setMenu] = useState(false);
  const [saving, setSaving] = useState<"fixture" | "scenario" | null>(null);
  const t = texts.traffic.open;
  const { body, deliveryId } = opened;
  const refusedId = useTraffic((state) => (deliveryId === null ? state.chosen?.refused : null));
  const contact = opened.decisions.find((record) => record.event.contactId)?.event.contactId;
  const person = contact ? people?.[contact] : undefined;
  return (
    <div className={styles.actions}>
      {deliveryId !== null && body !== null && (
        <Button
          icon="redo"
          look="primary"
          data-testid="traffic-replay"
          onClick={() => store.getState().show({ shows: "replay", delivery: deliveryId, body })}
        >
          {t.edit}
        </Button>
      )}
      {refusedId != null && body !== null && (
        <Button
          icon="redo"
          data-testid="traffic-sign"
          title={t.signHint}
          onClick={() => store.getState().show({ shows: "signed", refused: refusedId, body })}
        >
          {t.sign}
        </Button>
      )}
      {body !== null && <CopyButton label={t.curl} testId="traffic-curl" text={() => curl(body)} />}
      {body !== null && (
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
              testId="traffic-save-fixture"
              onChoose={() => {
                setMenu(false);
                setSaving("fixture");
              }}
            >
              {t.saveFixture}
            </MenuItem>
            <MenuItem
              icon="scenarios"
              disabled={deliveryId === null}
              testId="traffic-save-scenario"
              onChoose={() => {
                setMenu(false);
                setSaving("scenario");
              }}
            >
              {t.saveScenario}
            </MenuItem>
            <MenuItem
              icon="message"
              disabled={!person}
              testId="traffic-to-simulator"
              onChoose={() => {
                setMenu(false);
                if (!person) return;
                looking.getState().choosePerson(person.id);
                if (deliveryId !== null) looking.getState().chooseDelivery(deliveryId);
                navigation.getState().go("simulator");
              }}
            >
              {t.toConversation}
            </MenuItem>
          </Popover>
        </>
      )}
      {saving && body !== null && (
        <SaveDialog
          what={saving}
          onClose={() => setSaving(null)}
          save={(name) =>
            saving === "fixture" || deliveryId === null
              ? host.saveFixture(name, body)
              : host.saveScenario(deliveryId, name)
          }
        />
      )}
    </div>
  );
}
