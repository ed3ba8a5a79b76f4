import { useState } from "react";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { Segments } from "@/shared/Segments";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { useConnection, useConnectionsStore } from "../context";
import styles from "./Strip.module.css";

type Minutes = "5" | "15" | "60";
const CHOICES: readonly Minutes[] = ["5", "15", "60"];

/** Live is armed on purpose: for how long, and the profile's name by hand. */
export function ArmDialog({ profile, onClose }: { profile: string; onClose: () => void }) {
  const store = useConnectionsStore();
  const connection = useConnection();
  const [minutes, setMinutes] = useState<Minutes>("15");
  const [typed, setTyped] = useState("");
  const [work, setWork] = useState(connection?.level === "live" && connection.worksHere);
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.connections.arm;
  const good = typed.trim() === profile;

  const arm = async () => {
    const refused = await store.getState().arm(profile, Number(minutes));
    if (refused) {
      setProblem(refused.message);
      return;
    }
    const works = connection?.level === "live" && connection.worksHere;
    if (work !== works) await store.getState().letWork(work);
    onClose();
  };

  return (
    <Dialog
      title={t.title(profile)}
      onClose={onClose}
      testId="arm-dialog"
      buttons={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button
            look="danger"
            icon="bolt"
            disabled={!good}
            data-testid="arm-confirm"
            onClick={() => void arm()}
          >
            {t.arm(minutes)}
          </Button>
        </>
      }
    >
      <form
        className={styles.arm}
        onSubmit={(event) => {
          event.preventDefault();
          if (good) void arm();
        }}
      >
        <p>{t.warning(profile)}</p>
        <div>
          <span className={field.label}>{t.minutes}</span>
          <Segments
            label={t.minutes}
            value={minutes}
            segments={CHOICES.map((value) => ({
              value,
              label: t.choices[value],
              testId: `arm-${value}`,
            }))}
            onChange={setMinutes}
          />
        </div>
        <label>
          <span className={field.label}>{t.type(profile)}</span>
          <input
            className={field.input}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            data-testid="arm-name"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <div>
          <Switch label={t.work} on={work} onChange={setWork} testId="arm-work" />
          <p className={field.hint}>{t.workHint}</p>
        </div>
        {problem && (
          <p className={field.problem} role="alert">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  );
}
