import { useEffect, useState } from "react";
import { useSession } from "@/features/session/context";
import { type BulkOutcome, HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { Problem } from "../person/Actions";
import styles from "./Bulk.module.css";

/** What was not done stands first. */
const ORDER: readonly BulkOutcome["result"][] = ["failed", "moved_on", "waits", "nothing", "done"];

/** What came of it, contact by contact. */
export function Outcomes({ onClose }: { onClose: () => void }) {
  const host = useSession((session) => session.host.conversations);
  const [outcomes, setOutcomes] = useState<readonly BulkOutcome[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    host.bulkOutcomes().then(
      (all) =>
        setOutcomes([...all].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result))),
      (thrown: unknown) => setProblem(HostError.from(thrown).message),
    );
  }, [host]);
  const t = texts.conversations.bulk;
  return (
    <Dialog
      title={t.outcomesTitle}
      onClose={onClose}
      testId="bulk-outcomes-dialog"
      buttons={
        <Button look="primary" data-autofocus onClick={onClose}>
          {t.close}
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys. */}
      <ul className={styles.outcomes} tabIndex={0} aria-label={t.outcomesTitle}>
        {(outcomes ?? []).map(({ accountId, contactId, name, result, why }) => (
          <li key={`${accountId} ${contactId}`} data-result={result}>
            <b>{name}</b>
            <span>{why ?? t.results[result]}</span>
          </li>
        ))}
      </ul>
      <Problem text={problem} />
    </Dialog>
  );
}
