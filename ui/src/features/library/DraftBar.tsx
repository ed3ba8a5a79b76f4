import { useMemo, useState } from "react";
import { changesBetween } from "@/features/builder/document/diff";
import { useEditing } from "@/features/builder/editing";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { Switch } from "@/shared/Switch";
import { texts } from "@/texts";
import { ConflictDialog } from "./ConflictDialog";
import { useBuilder, useDrafting, useEntries } from "./context";
import styles from "./DraftBar.module.css";
import { PublishDialog } from "./PublishDialog";

/** Above the canvas: the name, how the draft stands, the switch, and publishing. */
export function DraftBar() {
  const { editing, drafting } = useBuilder();
  const draft = useEditing(editing, (state) => state.draft);
  const opened = useDrafting((state) => state.opened);
  const entries = useEntries();
  const [dialog, setDialog] = useState<"publish" | "conflict" | null>(null);
  const published = opened?.published ?? null;
  const changes = useMemo(() => changesBetween(published, draft).length, [published, draft]);
  if (!draft || !opened) return null;
  const entry = entries.find((each) => each.id === draft.id);
  const conflict = opened.conflict || (entry?.conflict ?? false);
  const isActive = entry?.isActive ?? draft.isActive ?? false;
  return (
    // Undo here is undo of the draft, as in the inspector.
    <div className={styles.bar} data-inspector>
      <input
        className={styles.name}
        aria-label={texts.library.rename}
        title={draft.name}
        placeholder={texts.library.unnamed}
        value={draft.name}
        size={Math.min(48, Math.max(6, (draft.name || texts.library.unnamed).length + 1))}
        data-testid="automation-name"
        onChange={(event) =>
          editing
            .getState()
            .change(texts.library.rename, (now) => ({ ...now, name: event.target.value }), "name")
        }
        onBlur={() => editing.getState().settle()}
      />
      <Saving
        changes={changes}
        onCompare={async () => {
          await drafting.getState().compare();
          if (drafting.getState().elsewhere) setDialog("conflict");
        }}
      />
      <span className={styles.spring} />
      <span className={styles.switch} title={texts.library.onHint}>
        <Switch
          label={texts.library.on}
          on={isActive}
          testId="automation-on"
          onChange={(on) => void drafting.getState().toggle(draft.id, on)}
        />
      </span>
      {conflict && (
        <Button icon="warning" data-testid="conflict" onClick={() => setDialog("conflict")}>
          {texts.library.conflict}
        </Button>
      )}
      {changes > 0 && (
        <Button
          look="quiet"
          title={published ? texts.library.discardHint : undefined}
          data-testid="discard"
          onClick={() => {
            if (published) void drafting.getState().discard();
            else void drafting.getState().remove(draft.id);
          }}
        >
          {published ? texts.library.discard : texts.library.discardNew}
        </Button>
      )}
      <Button
        look="primary"
        disabled={changes === 0}
        title={changes === 0 ? texts.library.publishHint : undefined}
        data-testid="publish"
        onClick={() => {
          void drafting.getState().flush();
          setDialog("publish");
        }}
      >
        {texts.library.publish}
      </Button>
      {dialog === "publish" && <PublishDialog onClose={() => setDialog(null)} />}
      {dialog === "conflict" && <ConflictDialog onClose={() => setDialog(null)} />}
    </div>
  );
}

/** Whether what is on the screen is kept, and how it stands beside what is published. */
function Saving({ changes, onCompare }: { changes: number; onCompare: () => void }) {
  const { drafting } = useBuilder();
  const saving = useDrafting((state) => state.saving);
  const failure = useDrafting((state) => state.failure);
  const published = useDrafting((state) => state.opened?.published ?? null);
  if (saving === "failed") {
    const isConflict = failure?.code === "conflict";
    return (
      <span className={styles.failed} role="alert" data-testid="saving" data-state="failed">
        <Icon name="failed" size={14} />
        <span className={styles.words} title={failure?.message}>
          {texts.library.notSaved}: {isConflict ? texts.library.savedElsewhere : failure?.message}
        </span>
        {isConflict ? (
          <Button look="quiet" data-testid="compare" onClick={onCompare}>
            {texts.library.compare}
          </Button>
        ) : (
          <Button look="quiet" onClick={() => void drafting.getState().reopen()}>
            {texts.library.openAgain}
          </Button>
        )}
      </span>
    );
  }
  const words =
    saving === "saving"
      ? texts.library.saving
      : changes === 0
        ? texts.library.asPublished
        : published
          ? `${texts.library.saved}, ${texts.library.changes(changes)}`
          : `${texts.library.saved}, ${texts.library.neverPublished}`;
  return (
    <span
      className={styles.saving}
      role="status"
      title={words}
      data-testid="saving"
      data-state={saving}
    >
      <span className={styles.words}>{words}</span>
    </span>
  );
}
