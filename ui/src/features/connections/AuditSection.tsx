import { useEffect, useState } from "react";
import type { AuditPart, AuditSearch } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import pane from "@/shared/Pane.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import { AuditTable } from "./AuditTable";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";

const A_MOMENT = 150;
/** So often lines are looked for again while messages are sent from here. */
const WHILE_WORKING = 5_000;

const PARTS: readonly AuditPart[] = ["all", "changes", "messages"];

/** Everything that was changed or sent from here, the newest first. */
export function AuditSection() {
  const store = useConnectionsStore();
  const audit = useConnections((state) => state.audit);
  const part = useConnections((state) => state.auditPart);
  const page = useConnections((state) => state.auditPages.length);
  const connection = useConnection();
  const [text, setText] = useState("");
  const t = texts.connections.audit;
  const sends = connection?.level === "live" && connection.worksHere;

  // What was armed, or ended, has left a line.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the level changes.
  useEffect(() => {
    const timer = setTimeout(() => void store.getState().searchAudit(text), A_MOMENT);
    return () => clearTimeout(timer);
  }, [store, text, connection?.level, connection?.worksHere]);

  useEffect(() => {
    if (!sends) return;
    const timer = setInterval(() => void store.getState().searchAudit(text), WHILE_WORKING);
    return () => clearInterval(timer);
  }, [store, text, sends]);

  // A part without lines is no reason to hide the way to the others.
  const isSome = audit !== null && (audit.all > 0 || part !== "all");
  return (
    <section className={styles.section} aria-labelledby="audit-title">
      <header className={styles.sectionHead}>
        <h2 id="audit-title">{t.title}</h2>
        {isSome && (
          <Segments
            label={t.part}
            value={part}
            segments={PARTS.map((value) => ({
              value,
              label: t.parts[value],
              testId: `audit-part-${value}`,
            }))}
            onChange={(value) => void store.getState().showAudit(value)}
          />
        )}
        {audit && audit.all > 0 && (
          <span className={styles.quiet} data-testid="audit-count">
            {t.found(audit.found, audit.all)}
          </span>
        )}
        {audit && <Pages audit={audit} />}
        {audit && audit.unreadable > 0 && (
          <span className={styles.quiet}>{t.unreadable(audit.unreadable)}</span>
        )}
        <span className={styles.spring} />
        {isSome && (
          <>
            <input
              className={`${field.input} ${styles.search}`}
              value={text}
              aria-label={t.search}
              placeholder={t.placeholder}
              data-testid="audit-search"
              onChange={(event) => setText(event.target.value)}
            />
            <Button
              icon="file"
              data-testid="audit-export"
              onClick={() => void store.getState().exportAudit(text)}
            >
              {t.export}
            </Button>
          </>
        )}
      </header>
      {audit?.trouble != null && (
        <p className={styles.bad} role="alert" data-testid="audit-trouble">
          {t.trouble(audit.trouble)}
        </p>
      )}
      {audit && audit.entries.length > 0 ? (
        <AuditTable
          // Another page begins at its first line.
          key={`${part} ${page}`}
          entries={audit.entries}
          onFind={setText}
        />
      ) : (
        audit && (
          <div className={`${pane.empty} ${styles.nothing}`} data-testid="audit-empty">
            <strong>{audit.all > 0 ? t.notFound : t.none[part]}</strong>
            {audit.all === 0 && <p>{t.noneHint[part]}</p>}
          </div>
        )
      )}
    </section>
  );
}

/** The way through the pages, where there are several. */
function Pages({ audit }: { audit: AuditSearch }) {
  const store = useConnectionsStore();
  const { entries, newer, found } = audit;
  const end = newer + entries.length;
  const t = texts.connections.audit;
  if (newer === 0 && end >= found) return null;
  return (
    <span className={styles.pages}>
      <span data-testid="audit-range">{t.range(newer + 1, end)}</span>
      <IconButton
        small
        icon="left"
        label={t.newer}
        disabled={newer === 0}
        data-testid="audit-newer"
        onClick={() => void store.getState().turnAudit("newer")}
      />
      <IconButton
        small
        icon="right"
        label={t.older}
        disabled={end >= found}
        data-testid="audit-older"
        onClick={() => void store.getState().turnAudit("older")}
      />
    </span>
  );
}
