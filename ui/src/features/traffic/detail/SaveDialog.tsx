import { useState } from "react";
import { useSession } from "@/features/session/context";
import { HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useTraffic, useTrafficHost, useTrafficStore } from "../context";
import type { Saving } from "../store";

/** Asks for a name, where something is to be saved. */
export function SaveDialog() {
  const store = useTrafficStore();
  const saving = useTraffic((state) => state.saving);
  return saving && <Ask saving={saving} onClose={() => store.getState().save(null)} />;
}

/** Asks for a name, saves, and says where the file is. */
function Ask({ saving, onClose }: { saving: Saving; onClose: () => void }) {
  const { what, delivery, body } = saving;
  const host = useTrafficHost();
  const tell = useSession((session) => session.tell);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const t = texts.traffic.save;
  const submit = async () => {
    try {
      const as = name.trim();
      const kept =
        what === "fixture" || delivery === null
          ? await host.saveFixture(as, body)
          : await host.saveScenario(delivery, as);
      const differs = "passes" in kept && !kept.passes;
      tell(
        differs
          ? { kind: "warning", text: t.savedOtherwise(kept.path) }
          : { kind: "note", text: t.saved(kept.path) },
      );
      onClose();
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
    }
  };
  return (
    <Dialog
      title={what === "fixture" ? t.fixture : t.scenario}
      onClose={onClose}
      testId="traffic-save-dialog"
      buttons={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button
            look="primary"
            disabled={name.trim() === ""}
            data-testid="traffic-save"
            onClick={() => void submit()}
          >
            {t.save}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") void submit();
        }}
      >
        <p>{what === "fixture" ? t.fixtureHint : t.scenarioHint}</p>
        <label>
          <span className={field.label}>{t.name}</span>
          <input
            className={field.input}
            value={name}
            data-autofocus
            data-testid="traffic-save-as"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {problem && (
          <p className={field.problem} role="alert">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  );
}
