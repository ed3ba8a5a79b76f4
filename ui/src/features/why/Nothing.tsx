import { useEffect, useState } from "react";
import { useLooking, useNavigation, useSession } from "@/features/session/context";
import type { DecisionRecord, Nearest, Reason } from "@/host";
import { Button } from "@/shared/Button";
import { texts } from "@/texts";
import styles from "./Nothing.module.css";

const t = texts.playback.nothing;

/** With these nothing happened, and the operator may have meant otherwise. */
export const NOTHING: ReadonlySet<Reason> = new Set<Reason>([
  "no_match",
  "no_automations",
  "automation_disabled",
  "automation_deleted",
  "step_removed",
  "contact_unsubscribed",
  "silenced",
  "outside_window",
  "account_inactive",
]);

/** “Why did nothing happen?”: the sentence, and the automation that came nearest. */
export function Nothing({ record }: { record: DecisionRecord }) {
  const host = useSession((session) => session.host);
  const openAutomation = useNavigation((navigation) => navigation.openAutomation);
  const choose = useLooking((looking) => looking.chooseAutomation);
  const [near, setNear] = useState<Nearest | null | "reading">("reading");
  const { deliveryId } = record;
  const { reason } = record.decision.trace;
  const matching = reason === "no_match" || reason === "no_automations";

  useEffect(() => {
    let shown = true;
    const take = (found: Nearest | null) => {
      if (shown) setNear(found);
    };
    host.playback.nearest(deliveryId).then(take, () => take(null));
    return () => {
      shown = false;
    };
  }, [host, deliveryId]);

  if (near === "reading" || (near === null && !matching)) return null;
  return (
    <div className={styles.nothing} data-testid="nothing">
      <p className={styles.title}>{t.title}</p>
      <p className="selectable">{near?.sentence ?? t.none}</p>
      {near && (
        <Button
          icon="flow"
          data-testid="open-nearest"
          onClick={() => {
            choose(near.automationId);
            openAutomation(near.automationId);
          }}
        >
          {t.open(near.name)}
        </Button>
      )}
    </div>
  );
}
