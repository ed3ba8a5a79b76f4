import { useMemo, useState } from "react";
import { isOn } from "@/features/builder/document/change";
import { changesBetween, labelOf } from "@/features/builder/document/diff";
import { nodeAt } from "@/features/builder/document/nodes";
import { STEP_NAMES } from "@/features/builder/document/steps";
import { useEditing } from "@/features/builder/editing";
import { useSession } from "@/features/session/context";
import type { Automation, HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { Changes } from "./Changes";
import { ConflictDialog } from "./ConflictDialog";
import { useBuilder, useDrafting, useFindings } from "./context";
import styles from "./PublishDialog.module.css";

/** What publishing changes, before it does. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { editing, drafting } = useBuilder();
  const opened = useDrafting((state) => state.opened);
  const draft = useEditing(editing, (state) => state.draft);
  const findings = useFindings();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<HostError | null>(null);
  const published = opened?.published ?? null;
  const changes = useMemo(() => changesBetween(published, draft), [published, draft]);
  if (!opened || !draft) return null;
  if (opened.conflict) return <ConflictDialog onClose={onClose} />;
  const errors = findings.filter(
    (finding) =>
      finding.automationId === draft.id &&
      finding.severity === "error" &&
      finding.code !== "never_fires",
  );

  const publish = async () => {
    setBusy(true);
    const refused = await drafting.getState().publish(null);
    setBusy(false);
    if (!refused) onClose();
    else setFailure(refused);
  };

  return (
    <Dialog
      title={texts.library.publishTitle(draft.name || texts.library.unnamed)}
      onClose={onClose}
      testId="publish-dialog"
      buttons={
        <>
          <Button onClick={onClose}>{texts.library.cancel}</Button>
          <Button
            look="primary"
            data-autofocus={errors.length === 0 ? true : undefined}
            disabled={busy || errors.length > 0}
            data-testid="publish-confirm"
            onClick={() => void publish()}
          >
            {texts.library.publish}
          </Button>
        </>
      }
    >
      {errors.length > 0 && (
        <div className={styles.errors} role="alert">
          <p>{texts.library.mustFix(errors.length)}</p>
          <ul>
            {errors.map((finding) => (
              <li key={`${finding.code} ${finding.path ?? ""}`}>
                <Icon name="failed" size={14} />
                <span>
                  {finding.path && <span className={styles.where}>{labelOf(finding.path)}: </span>}
                  {finding.message}
                </span>
                <Button
                  look="quiet"
                  onClick={() => {
                    onClose();
                    editing.getState().select(nodeAt(draft, finding.path));
                  }}
                >
                  {texts.library.show}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {failure && (
        <p className={styles.failure} role="alert">
          {failure.message}
        </p>
      )}
      {published ? (
        <>
          <p className={styles.count}>{texts.library.changes(changes.length)}</p>
          <Changes changes={changes} />
        </>
      ) : (
        <>
          <p>{draft.isActive ? texts.library.publishFirst : texts.library.publishFirstOff}</p>
          <Summary draft={draft} />
        </>
      )}
    </Dialog>
  );
}

/** What it will do, where there is nothing to compare it with. */
function Summary({ draft }: { draft: Automation }) {
  const media = useSession((session) => session.opened?.media);
  const { trigger, target, type } = draft;
  const words = (trigger.keywords ?? []).map((keyword) => `“${keyword.text}”`);
  const title = typeof target === "object" ? (media?.[target.media]?.title ?? target.media) : null;
  const say = texts.builder.canvas;
  return (
    <dl className={styles.summary} data-testid="publish-summary">
      <dt>{texts.library.answers}</dt>
      <dd>
        {trigger.mode === "any_reply"
          ? say.anything[type]
          : texts.library.saying(texts.library.things[type], words)}
      </dd>
      {type !== "dm_automation" && (
        <>
          <dt>{texts.library.where}</dt>
          <dd>{title ? say.oneMedia(title) : say.target[type]}</dd>
        </>
      )}
      <dt>{texts.library.sends}</dt>
      <dd>
        {STEP_NAMES.filter((step) => isOn(draft, step))
          .map((step) => texts.steps[step])
          .join(" → ")}
      </dd>
    </dl>
  );
}
