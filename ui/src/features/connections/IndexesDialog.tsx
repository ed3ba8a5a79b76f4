import { useState } from "react";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useConnections, useConnectionsStore } from "./context";
import { Says } from "./Says";

/** Asks before indexes are created, in words of what that costs. */
export function IndexesDialog({ name }: { name: string }) {
  const store = useConnectionsStore();
  const check = useConnections((state) =>
    state.view?.profiles
      .find((card) => card.name === name)
      ?.report?.checks.find((each) => each.name === INDEXES),
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.connections.indexes;
  const close = () => store.getState().close();
  const create = async () => {
    setBusy(true);
    setProblem(null);
    const refused = await store.getState().createIndexes(name);
    setBusy(false);
    if (refused) setProblem(refused.message);
  };
  return (
    <Dialog
      title={t.title(name)}
      onClose={close}
      testId="indexes-ask"
      buttons={
        <>
          <Button data-autofocus disabled={busy} onClick={close}>
            {t.cancel}
          </Button>
          <Button
            look="primary"
            disabled={busy}
            data-testid="indexes-ask-do"
            onClick={() => void create()}
          >
            {busy ? t.creating : t.create}
          </Button>
        </>
      }
    >
      {problem && (
        <p className={field.problem} role="alert" data-testid="indexes-problem">
          {problem}
        </p>
      )}
      <p>{t.body}</p>
      {check && (
        <div className={field.hint}>
          <Says says={check.says} open />
        </div>
      )}
    </Dialog>
  );
}

/** The check that says which indexes are missing. */
export const INDEXES = "mongo.indexes";
