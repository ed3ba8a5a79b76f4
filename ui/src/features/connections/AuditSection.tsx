import { useEffect, useState } from "react";
import type { AuditEntry, AuditSearch } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { indented } from "@/shared/json";
import pane from "@/shared/Pane.module.css";
import { clockTime, dayName, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnection, useConnections, useConnectionsStore } from "./context";
import { GuardChip } from "./strip/GuardChip";

const A_MOMENT = 150;

/** Everything that was changed or sent from here, the newest first. */
export function AuditSection() {
  const store = useConnectionsStore();
  const audit = useConnections((state) => state.audit);
  const page = useConnections((state) => state.auditPages.length);
  const connection = useConnection();
  const [text, setText] = useState("");
  const t = texts.connections.audit;

  // What was armed, or ended, has left a line.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when the level changes.
  useEffect(() => {
    const timer = setTimeout(() => void store.getState().searchAudit(text), A_MOMENT);
    return () => clearTimeout(timer);
  }, [store, text, connection?.level, connection?.worksHere]);

  return (
    <section className={styles.section} aria-labelledby="audit-title">
      <header className={styles.sectionHead}>
        <h2 id="audit-title">{t.title}</h2>
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
        {audit && audit.all > 0 && (
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
              onClick={() => void store.getState().exportAudit()}
            >
              {t.export}
            </Button>
          </>
        )}
      </header>
      {audit && audit.entries.length > 0 ? (
        <div
          // Another page begins at its first line.
          key={page}
          className={styles.auditTable}
        >
          <table aria-label={t.title}>
            <thead>
              <tr>
                {Object.values(t.columns).map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {audit.entries.map((entry) => (
                <Line key={entry.id} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        audit && (
          <div className={`${pane.empty} ${styles.nothing}`} data-testid="audit-empty">
            <strong>{audit.all > 0 ? t.notFound : t.none}</strong>
            {audit.all === 0 && <p>{t.noneHint}</p>}
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

/** What the table has beside each other. */
const COLUMNS = Object.keys(texts.connections.audit.columns).length;

/** A line; opened, it shows all of what was there before and after, and why it failed. */
function Line({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  const t = texts.connections.audit;
  // What was not there is written as JSON's null.
  const before = entry.before === "null" ? null : entry.before;
  const after = entry.after === "null" ? null : entry.after;
  const hasMore = before !== null || after !== null || entry.why !== null;
  return (
    <>
      <tr data-testid="audit-line" data-outcome={entry.outcome}>
        <td title={hoverTime(entry.at)}>
          <time dateTime={new Date(entry.at).toISOString()}>
            {dayName(entry.at)} {clockTime(entry.at)}
          </time>
        </td>
        <td>{entry.profile}</td>
        <td>
          <GuardChip level={entry.level} />
        </td>
        <td className="selectable">
          {entry.what}
          {entry.subject !== "" && <code className={styles.subject}>{entry.subject}</code>}
        </td>
        <td className="selectable">
          {(before !== null || after !== null) && (
            <div className={styles.change}>
              <code>{before ?? "–"}</code>
              <span aria-hidden="true">→</span>
              <code>{after ?? "–"}</code>
            </div>
          )}
        </td>
        <td className={entry.outcome === "failed" ? styles.bad : undefined}>
          <div className={styles.end}>
            {t.ends[entry.outcome]}
            {hasMore && (
              <IconButton
                small
                icon={open ? "up" : "down"}
                label={open ? t.fold : t.unfold}
                aria-expanded={open}
                data-testid="audit-open"
                onClick={() => setOpen(!open)}
              />
            )}
          </div>
        </td>
      </tr>
      {open && (
        <tr data-testid="audit-whole">
          <td colSpan={COLUMNS}>
            {entry.why !== null && <p className={`${styles.bad} selectable`}>{entry.why}</p>}
            <Value label={t.before} text={before} />
            <Value label={t.after} text={after} />
          </td>
        </tr>
      )}
    </>
  );
}

function Value({ label, text }: { label: string; text: string | null }) {
  if (text === null) return null;
  return (
    <>
      <h3 className={field.label}>{label}</h3>
      <pre className={`${styles.value} selectable`}>{indented(text)}</pre>
    </>
  );
}
