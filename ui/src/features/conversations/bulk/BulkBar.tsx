import { useState } from "react";
import { useStores } from "@/features/session/context";
import { noticeOf } from "@/features/session/session";
import { type BulkNews, HostError } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { texts } from "@/texts";
import { useConversations, useConversationsStore } from "../context";
import { MOST_PICKED } from "../store";
import { useExport } from "../useExport";
import { AskForMany } from "./AskForMany";
import styles from "./Bulk.module.css";
import { Outcomes } from "./Outcomes";

/** Who is chosen and what can be done for them, and how that goes. */
export function BulkBar() {
  const bulk = useConversations((state) => state.news?.bulk ?? null);
  const chosen = useConversations((state) => state.picked.size);
  return (
    <>
      {bulk && <Going bulk={bulk} />}
      {chosen > 0 && <Chosen running={bulk?.state === "running"} />}
    </>
  );
}

function Chosen({ running }: { running: boolean }) {
  const store = useConversationsStore();
  const picked = useConversations((state) => state.picked);
  const total = useConversations((state) => state.news?.total ?? 0);
  const profile = useConversations((state) => state.news?.profile ?? "");
  const observes = useConversations((state) => state.news?.guard === "observe");
  const exporting = useExport();
  const [asking, setAsking] = useState<"release" | "clear" | null>(null);
  const t = texts.conversations.bulk;
  const why = observes
    ? texts.conversations.actions.observe(profile)
    : running
      ? t.running
      : undefined;
  const people = [...picked.values()];
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons in a row have no element.
    <div role="group" className={styles.bar} aria-label={t.label} data-testid="bulk-chosen">
      <span className={styles.count} role="status" data-testid="bulk-count">
        {t.chosen(people.length)}
      </span>
      <Button
        icon="undo"
        disabled={why !== undefined}
        title={why}
        data-testid="bulk-release"
        onClick={() => setAsking("release")}
      >
        {t.release}
      </Button>
      <Button
        icon="trash"
        disabled={why !== undefined}
        title={why}
        data-testid="bulk-clear"
        onClick={() => setAsking("clear")}
      >
        {t.clear}
      </Button>
      <Button icon="file" data-testid="bulk-export" onClick={() => void exporting(people)}>
        {t.export}
      </Button>
      {people.length === MOST_PICKED && total > MOST_PICKED && (
        <span className={styles.quiet}>{t.most(MOST_PICKED)}</span>
      )}
      <span className={styles.spring} />
      <IconButton
        icon="close"
        label={t.chooseNobody}
        data-testid="bulk-nobody"
        onClick={() => store.getState().pickNobody()}
      />
      {asking && <AskForMany change={asking} people={people} onClose={() => setAsking(null)} />}
    </div>
  );
}

/** How it goes, and what came of it until somebody has read that. */
function Going({ bulk }: { bulk: BulkNews }) {
  const { session } = useStores();
  const [looking, setLooking] = useState(false);
  const t = texts.conversations.bulk;
  const host = session.getState().host.conversations;
  const run = (doing: Promise<unknown>) => {
    doing.catch((thrown: unknown) => session.getState().tell(noticeOf(HostError.from(thrown))));
  };
  const running = bulk.state === "running";
  const at = bulk.done + bulk.nothing + bulk.movedOn + bulk.failed;
  const puts = bulk.change === "put_back";
  return (
    <div className={styles.bar} data-testid="bulk" data-state={bulk.state}>
      <span className={styles.progress}>
        <span role="status" data-testid="bulk-state">
          {running ? t.doing(bulk) : t.summary(bulk)}
        </span>
        {running && <progress aria-label={t.doing(bulk)} value={at} max={bulk.total} />}
        {bulk.failure !== null && <span className={styles.bad}>{bulk.failure}</span>}
      </span>
      {running ? (
        <Button data-testid="bulk-stop" onClick={() => run(host.stopBulk())}>
          {t.stop}
        </Button>
      ) : (
        <>
          <Button look="quiet" data-testid="bulk-outcomes" onClick={() => setLooking(true)}>
            {t.outcomes}
          </Button>
          {bulk.kept > 0 && (
            <Button icon="undo" data-testid="bulk-undo" onClick={() => run(host.undo(bulk.number))}>
              {puts ? t.putBackRest : t.undo}
            </Button>
          )}
          <IconButton
            icon="close"
            label={t.close}
            data-testid="bulk-close"
            onClick={() => run(host.closeBulk())}
          />
        </>
      )}
      {looking && <Outcomes onClose={() => setLooking(false)} />}
    </div>
  );
}
