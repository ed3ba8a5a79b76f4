import { useState } from "react";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import styles from "../Queue.module.css";
import { useSends, useSendsStore } from "./context";
import { useForgetting } from "./useForgetting";

/** What is asked before sends are forgotten, which cannot be undone. */
export function ForgetAsk() {
  const store = useSendsStore();
  const forgetting = useSends((state) => state.forgetting);
  const { forget, save } = useForgetting();
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (!forgetting) return null;
  const { ids, reason } = forgetting;
  const t = texts.queue.sends;
  const leave = () => {
    setSaid(null);
    store.getState().ask(null);
  };
  const run = async () => {
    setBusy(true);
    setSaid(await save(ids));
    setBusy(false);
  };
  const says = [
    ...(reason ? [texts.queue.retryReason(reason)] : []),
    t.forgetWhat(ids.length),
    t.forgetNothing,
    t.forgetBack(ids.length),
  ];
  return (
    <Dialog
      title={t.forgetTitle(ids.length)}
      onClose={leave}
      testId="queue-ask"
      buttons={
        <>
          <span className={styles.save}>
            <Button icon="file" disabled={busy} data-testid="queue-save" onClick={() => void run()}>
              {busy ? texts.queue.saving : texts.queue.save}
            </Button>
          </span>
          <output className={`${styles.saved} selectable`} data-testid="queue-saved">
            {said}
          </output>
          <Button look="quiet" data-autofocus onClick={leave}>
            {texts.queue.cancel}
          </Button>
          <Button
            look="danger"
            data-testid="queue-confirm"
            onClick={() => {
              leave();
              void forget(ids);
            }}
          >
            {t.forgetConfirm(ids.length)}
          </Button>
        </>
      }
    >
      {says.map((sentence) => (
        <p key={sentence} className={styles.asked}>
          {sentence}
        </p>
      ))}
    </Dialog>
  );
}
