import { useEffect, useMemo, useState } from "react";
import { changesBetween } from "@/features/builder/document/diff";
import { useEditing } from "@/features/builder/editing";
import { useSession } from "@/features/session/context";
import type { Version } from "@/host";
import { Button } from "@/shared/Button";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { Changes } from "./Changes";
import { useBuilder, useDrafting } from "./context";
import styles from "./Drawer.module.css";

/** What was published before: to be looked at, and to be taken as the draft again. */
export function Versions() {
  const { editing } = useBuilder();
  const host = useSession((session) => session.host.builder);
  const draft = useEditing(editing, (state) => state.draft);
  const published = useDrafting((state) => state.opened?.published?.version ?? null);
  const id = draft?.id ?? null;
  const [versions, setVersions] = useState<readonly Version[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is published now is one of them.
  useEffect(() => {
    setVersions([]);
    if (id === null) return;
    let wanted = true;
    host.versions(id).then(
      (answer) => wanted && setVersions(answer),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [id, published, host]);

  const front = versions.find((one) => one.version === chosen) ?? versions[0];
  const changes = useMemo(
    () => (front && draft ? changesBetween(front.automation, draft) : []),
    [front, draft],
  );
  if (versions.length === 0) return <p className={styles.panel}>{texts.library.noVersions}</p>;
  return (
    <div className={styles.versions}>
      <ul className={styles.versionList} data-testid="versions">
        {versions.map((one) => (
          <li key={one.version}>
            <button
              type="button"
              aria-current={one.version === front?.version ? "true" : undefined}
              data-testid={`version-${one.version}`}
              onClick={() => setChosen(one.version)}
            >
              <strong>{texts.library.version(one.version)}</strong>
              <span title={hoverTime(one.at)}>
                {one.version === published ? texts.library.versionNow : exactTime(one.at)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {front && (
        <div className={styles.versionChanges}>
          <div className={styles.versionHead}>
            <span>
              {changes.length === 0
                ? texts.library.sameAsDraft
                : texts.library.since(changes.length)}
            </span>
            <Button
              disabled={changes.length === 0}
              data-testid="restore-version"
              onClick={() =>
                editing.getState().change(texts.library.restored(front.version), (now) => ({
                  ...front.automation,
                  id: now.id,
                  workspaceId: now.workspaceId,
                  ...kept(now),
                }))
              }
            >
              {texts.library.restore}
            </Button>
          </div>
          {changes.length > 0 && <Changes changes={changes} />}
        </div>
      )}
    </div>
  );
}

/** Order and switch stay as they are: they were never part of a version's text. */
function kept(now: Version["automation"]) {
  return {
    ...(now.isActive !== undefined && { isActive: now.isActive }),
    ...(now.priority !== undefined && { priority: now.priority }),
    ...(now.version !== undefined && { version: now.version }),
    ...(now.createdAt !== undefined && { createdAt: now.createdAt }),
    ...(now.updatedAt !== undefined && { updatedAt: now.updatedAt }),
  };
}
