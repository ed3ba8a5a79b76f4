import { useState } from "react";
import { useSession } from "@/features/session/context";
import { HostError, type Picked } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { useConversationsStore } from "../context";
import { OnProfile, Problem } from "../person/Actions";
import styles from "./Bulk.module.css";

/** Asks before something is done for many, in words of what will happen and for how many. */
export function AskForMany({
  change,
  people,
  onClose,
}: {
  change: "release" | "clear";
  people: readonly Picked[];
  onClose: () => void;
}) {
  const store = useConversationsStore();
  const host = useSession((session) => session.host.conversations);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.conversations.bulk;
  const many = people.length;
  const stand = people.filter(({ seen }) => seen !== null).length;
  const doIt = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await host.bulk(change, people);
      store.getState().pickNobody();
      onClose();
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={change === "release" ? t.releaseTitle(many) : t.clearTitle(many)}
      onClose={onClose}
      testId={`confirm-bulk-${change}`}
      buttons={
        <>
          <Button data-autofocus onClick={onClose}>
            {texts.conversations.actions.cancel}
          </Button>
          <Button look="danger" disabled={busy} data-testid="confirm" onClick={() => void doIt()}>
            {change === "release" ? t.doRelease(many) : t.doClear(many)}
          </Button>
        </>
      }
    >
      <p>{change === "release" ? t.releaseWhat(many) : t.clearWhat(many)}</p>
      <p className={styles.second}>{t.movedOn}</p>
      {stand < many && <p className={styles.second}>{t.nothingOf(many - stand)}</p>}
      <OnProfile />
      <Problem text={problem} />
    </Dialog>
  );
}
