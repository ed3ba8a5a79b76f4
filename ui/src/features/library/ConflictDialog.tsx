import { useMemo, useState } from "react";
import { changesBetween } from "@/features/builder/document/diff";
import { merge } from "@/features/builder/document/merge";
import { removeAt, setAt } from "@/features/builder/document/path";
import { useEditing } from "@/features/builder/editing";
import type { Automation } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { Changes } from "./Changes";
import { useBuilder, useDrafting } from "./context";
import styles from "./PublishDialog.module.css";

/** Two edits of one automation: both shown, both kept, one chosen or both taken in. */
export function ConflictDialog({ onClose }: { onClose: () => void }) {
  const { editing, drafting } = useBuilder();
  const opened = useDrafting((state) => state.opened);
  const draft = useEditing(editing, (state) => state.draft);
  const published = opened?.published ?? null;
  const base = opened?.base ?? null;
  const merged = useMemo(
    () => (base && draft && published ? merge(base, draft, published) : null),
    [base, draft, published],
  );
  /** The places at which what is published is taken. */
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  if (!draft) return null;
  const title = texts.library.conflictTitle(draft.name);
  const does = drafting.getState();
  const over = async (version: number) => {
    const refused = await does.publish(version);
    if (!refused) onClose();
  };

  if (!published) {
    return (
      <Dialog
        title={title}
        onClose={onClose}
        testId="conflict-dialog"
        buttons={
          <>
            <Button onClick={onClose}>{texts.library.cancel}</Button>
            <Button look="primary" data-autofocus onClick={() => void over(0)}>
              {texts.library.publishAgain}
            </Button>
          </>
        }
      >
        <p>{texts.library.conflictDeleted}</p>
      </Dialog>
    );
  }

  const takeIn = async () => {
    if (!merged) return;
    const both = merged.conflicts
      .filter((conflict) => theirs.has(conflict.path))
      .reduce<Automation>(
        (document, conflict) =>
          conflict.theirs === undefined
            ? removeAt(document, conflict.path)
            : setAt(document, conflict.path, conflict.theirs),
        merged.merged,
      );
    await does.takeIn(both);
    onClose();
  };

  return (
    <Dialog
      title={title}
      onClose={onClose}
      testId="conflict-dialog"
      buttons={
        <>
          <Button onClick={onClose}>{texts.library.cancel}</Button>
          <Button
            look="danger"
            data-testid="take-theirs"
            onClick={async () => {
              await does.discard();
              onClose();
            }}
          >
            {texts.library.takeTheirs}
          </Button>
          <Button data-testid="keep-mine" onClick={() => void over(published.version ?? 0)}>
            {texts.library.keepMine}
          </Button>
          {merged && (
            <Button
              look="primary"
              data-autofocus
              data-testid="take-both"
              onClick={() => void takeIn()}
            >
              {texts.library.mergeBoth}
            </Button>
          )}
        </>
      }
    >
      <p>{texts.library.conflictText}</p>
      <div className={styles.sides}>
        <section>
          <h3>{texts.library.theirs}</h3>
          <Changes changes={changesBetween(base, published)} />
        </section>
        <section>
          <h3>{texts.library.mine}</h3>
          <Changes changes={changesBetween(base, draft)} />
        </section>
      </div>
      {merged && (
        <fieldset className={styles.choices}>
          <legend>{texts.library.mergeHint(merged.conflicts.length)}</legend>
          {merged.conflicts.map((conflict) => (
            <div key={conflict.path} className={styles.choice}>
              <p>{conflict.label}</p>
              {(["mine", "theirs"] as const).map((side) => (
                <label key={side}>
                  <input
                    type="radio"
                    name={conflict.path}
                    checked={theirs.has(conflict.path) === (side === "theirs")}
                    onChange={() => {
                      const next = new Set(theirs);
                      if (side === "theirs") next.add(conflict.path);
                      else next.delete(conflict.path);
                      setTheirs(next);
                    }}
                  />
                  <span className={styles.side}>{texts.library[side]}</span>
                  <span>{inWords(conflict[side])}</span>
                </label>
              ))}
            </div>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return texts.library.nothing;
  return typeof value === "string" ? value : JSON.stringify(value);
}
