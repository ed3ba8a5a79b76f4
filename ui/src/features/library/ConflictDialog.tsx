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
  const elsewhere = useDrafting((state) => state.elsewhere);
  const draft = useEditing(editing, (state) => state.draft);
  if (!draft || !opened) return null;
  const does = drafting.getState();
  const over = async (version: number) => {
    const refused = await does.publish(version);
    if (!refused) onClose();
  };
  const then = (run: Promise<unknown>) => void run.then(onClose);

  if (elsewhere) {
    return (
      <Choice
        draft={draft}
        // A draft that was saved there went on from the one that was kept last.
        base={elsewhere.revision === 0 ? opened.base : opened.automation}
        theirs={elsewhere.automation}
        say={{
          text: texts.library.elsewhereText,
          theirs: texts.library.elsewhere,
          mine: texts.library.here,
          takeTheirs: texts.library.takeElsewhere,
          keepMine: texts.library.keepHere,
        }}
        onTheirs={() => then(does.reopen())}
        onMine={() => then(does.settle(null))}
        onBoth={(both) => then(does.settle(both))}
        onClose={onClose}
      />
    );
  }
  if (!opened.published) {
    return (
      <Dialog
        title={texts.library.conflictTitle(draft.name)}
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
  const { version } = opened.published;
  return (
    <Choice
      draft={draft}
      base={opened.base}
      theirs={opened.published}
      say={{
        text: texts.library.conflictText,
        theirs: texts.library.theirs,
        mine: texts.library.mine,
        takeTheirs: texts.library.takeTheirs,
        keepMine: texts.library.keepMine,
      }}
      onTheirs={() => then(does.discard())}
      onMine={() => void over(version ?? 0)}
      onBoth={(both) => then(does.takeIn(both))}
      onClose={onClose}
    />
  );
}

interface ChoiceProps {
  draft: Automation;
  /** What both began with. */
  base: Automation | null;
  theirs: Automation;
  say: Record<"text" | "theirs" | "mine" | "takeTheirs" | "keepMine", string>;
  onTheirs: () => void;
  onMine: () => void;
  onBoth: (both: Automation) => void;
  onClose: () => void;
}

/** Both edits beside each other, and for each field that both changed whose is taken. */
function Choice({ draft, base, theirs, say, ...does }: ChoiceProps) {
  const merged = useMemo(() => base && merge(base, draft, theirs), [base, draft, theirs]);
  /** The places at which theirs is taken. */
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const takeIn = () => {
    if (!merged) return;
    const both = merged.conflicts
      .filter((conflict) => taken.has(conflict.path))
      .reduce<Automation>(
        (document, conflict) =>
          conflict.theirs === undefined
            ? removeAt(document, conflict.path)
            : setAt(document, conflict.path, conflict.theirs),
        merged.merged,
      );
    does.onBoth(both);
  };
  return (
    <Dialog
      title={texts.library.conflictTitle(draft.name)}
      onClose={does.onClose}
      testId="conflict-dialog"
      buttons={
        <>
          <Button onClick={does.onClose}>{texts.library.cancel}</Button>
          <Button look="danger" data-testid="take-theirs" onClick={does.onTheirs}>
            {say.takeTheirs}
          </Button>
          <Button data-testid="keep-mine" onClick={does.onMine}>
            {say.keepMine}
          </Button>
          {merged && (
            <Button look="primary" data-autofocus data-testid="take-both" onClick={takeIn}>
              {texts.library.mergeBoth}
            </Button>
          )}
        </>
      }
    >
      <p>{say.text}</p>
      <div className={styles.sides}>
        <section>
          <h3>{say.theirs}</h3>
          <Changes changes={changesBetween(base, theirs)} />
        </section>
        <section>
          <h3>{say.mine}</h3>
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
                    checked={taken.has(conflict.path) === (side === "theirs")}
                    onChange={() => {
                      const next = new Set(taken);
                      if (side === "theirs") next.add(conflict.path);
                      else next.delete(conflict.path);
                      setTaken(next);
                    }}
                  />
                  <span className={styles.side}>{say[side]}</span>
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
