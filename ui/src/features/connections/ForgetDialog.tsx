import { useState } from "react";
import { useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useConnectionsStore } from "./context";

/** Asks before what was seen is forgotten: it cannot be brought back. */
export function ForgetDialog({ keepsOn }: { keepsOn: boolean }) {
  const store = useConnectionsStore();
  const save = useSession((session) => session.saveSettings);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.connections.seen.ask;
  const close = () => store.getState().close();
  const forget = async () => {
    setBusy(true);
    setProblem(null);
    if (!keepsOn) {
      await save({ keepSeen: false });
      close();
      return;
    }
    const refused = await store.getState().forgetSeen();
    setBusy(false);
    if (refused) setProblem(refused.message);
  };
  return (
    <Dialog
      title={t.title}
      onClose={close}
      testId="forget-ask"
      buttons={
        <>
          <Button data-autofocus disabled={busy} onClick={close}>
            {t.cancel}
          </Button>
          <Button
            look="danger"
            disabled={busy}
            data-testid="forget-ask-do"
            onClick={() => void forget()}
          >
            {keepsOn ? t.forget : t.keepNone}
          </Button>
        </>
      }
    >
      {problem && (
        <p className={field.problem} role="alert">
          {problem}
        </p>
      )}
      <p>{keepsOn ? t.body : t.bodyOff}</p>
    </Dialog>
  );
}
