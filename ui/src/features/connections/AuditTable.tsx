import { useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import type { AuditEntry } from "@/host";
import { IconButton } from "@/shared/Button";
import { copyText } from "@/shared/clipboard";
import field from "@/shared/Field.module.css";
import { indented } from "@/shared/json";
import { useRowMenu } from "@/shared/RowMenu";
import { isOfControl } from "@/shared/roving";
import { rowKeys } from "@/shared/rowKeys";
import { clockTime, dayName, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { sentIn } from "./auditWords";
import styles from "./Connections.module.css";
import { GuardChip } from "./strip/GuardChip";

const idOf = (entry: AuditEntry) => `audit-${entry.id}`;

/** A page of the audit log: arrow keys move, Enter unfolds a line, Escape folds it. */
export function AuditTable({
  entries,
  onFind,
}: {
  entries: readonly AuditEntry[];
  /** Lines are to be found that have these words. */
  onFind: (words: string) => void;
}) {
  const list = useRef<HTMLTableElement>(null);
  const tell = useSession((session) => session.tell);
  const [chosen, setChosen] = useState<string | null>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const t = texts.connections.audit;

  const unfold = (id: string, isOpen: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (isOpen) after.add(id);
      else after.delete(id);
      return after;
    });
  const copy = (text: string) =>
    void copyText(text).then((copied) => {
      if (!copied) tell({ kind: "warning", text: texts.why.copyFailed });
    });

  const { menu, onContextMenu, onMenuKey } = useRowMenu<AuditEntry>({
    list,
    find: (id) => entries.find((entry) => idOf(entry) === id),
    idOf,
    chosen: entries.find(({ id }) => id === chosen),
    choose: ({ id }) => setChosen(id),
    label: ({ what }) => t.row(what),
    actions: (entry) => [
      {
        id: "audit-open",
        label: open.has(entry.id) ? t.close : t.open,
        icon: open.has(entry.id) ? "up" : "down",
        disabled: !hasMore(entry),
        run: () => unfold(entry.id, !open.has(entry.id)),
      },
      {
        id: "audit-copy",
        label: t.copy,
        icon: "copy",
        run: () => copy(JSON.stringify(entry, null, 2)),
      },
      {
        id: "audit-copy-subject",
        label: t.copySubject,
        icon: "copy",
        disabled: entry.subject === "",
        run: () => copy(entry.subject),
      },
      {
        id: "audit-find",
        label: t.find,
        icon: "search",
        disabled: entry.subject === "",
        run: () => onFind(entry.subject),
      },
    ],
  });
  const onKeyDown = rowKeys({
    list,
    rows: entries,
    chosen,
    go: setChosen,
    open: (id) => {
      const entry = entries.find((each) => each.id === id);
      if (entry && hasMore(entry)) unfold(id, !open.has(id));
    },
    close: () => chosen !== null && unfold(chosen, false),
    other: (event) => isOfControl(event) || onMenuKey(event),
  });

  return (
    <div className={styles.auditTable}>
      <table
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows are walked through.
        role="grid"
        tabIndex={0}
        aria-label={t.title}
        aria-activedescendant={
          entries.some(({ id }) => id === chosen) ? `audit-${chosen}` : undefined
        }
        data-testid="audit-lines"
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
      >
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
          {entries.map((entry) => (
            <Line
              key={entry.id}
              entry={entry}
              isChosen={entry.id === chosen}
              isOpen={open.has(entry.id)}
              onChoose={() => setChosen(entry.id)}
              onOpen={(isOpen) => unfold(entry.id, isOpen)}
            />
          ))}
        </tbody>
      </table>
      {menu}
    </div>
  );
}

/** What was not there is written as JSON's null. */
const known = (text: string | null) => (text === "null" ? null : text);

function hasMore({ before, after, why }: AuditEntry): boolean {
  return known(before) !== null || known(after) !== null || why !== null;
}

/** What the table has beside each other. */
const COLUMNS = Object.keys(texts.connections.audit.columns).length;

/** A line; opened, it shows all of what was there before and after, and why it failed. */
function Line({
  entry,
  isChosen,
  isOpen,
  onChoose,
  onOpen,
}: {
  entry: AuditEntry;
  isChosen: boolean;
  isOpen: boolean;
  onChoose: () => void;
  onOpen: (isOpen: boolean) => void;
}) {
  const t = texts.connections.audit;
  const [before, after] = [known(entry.before), known(entry.after)];
  const sent = sentIn(after);
  return (
    <>
      <tr
        id={idOf(entry)}
        aria-selected={isChosen}
        data-chosen={isChosen || undefined}
        data-testid="audit-line"
        data-outcome={entry.outcome}
        onClick={onChoose}
      >
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
          {sent !== null ? (
            <div className={styles.sent}>{sent}</div>
          ) : (
            (before !== null || after !== null) && (
              <div className={styles.change}>
                <code>{before ?? "–"}</code>
                <span aria-hidden="true">→</span>
                <code>{after ?? "–"}</code>
              </div>
            )
          )}
        </td>
        <td className={entry.outcome === "failed" ? styles.bad : undefined}>
          <div className={styles.end}>
            {t.ends[entry.outcome]}
            {hasMore(entry) && (
              <IconButton
                small
                icon={isOpen ? "up" : "down"}
                label={isOpen ? t.close : t.open}
                aria-expanded={isOpen}
                data-testid="audit-open"
                onClick={() => onOpen(!isOpen)}
              />
            )}
          </div>
        </td>
      </tr>
      {isOpen && (
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
