import { memo, type ReactNode } from "react";
import { StateMark } from "@/features/people/StateMark";
import type { PeopleList, PersonRow } from "@/host";
import { Icon } from "@/shared/Icon";
import { hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Conversations.module.css";
import { left, nameOf, span } from "./names";

export type Column = keyof typeof texts.conversations.columns;

export const COLUMNS: Record<PeopleList, readonly Column[]> = {
  standing: ["who", "state", "automation", "origin", "age", "expires"],
  contacts: ["who", "email", "follows", "subscribed", "state", "last", "seen"],
  only_cached: ["who", "state", "automation", "where", "age", "expires"],
};

interface PersonLineProps {
  row: PersonRow;
  list: PeopleList;
  rowIndex: number;
  /** What the engine's clock says: ages count to here. */
  now: number;
  /** The account's handle, where there are several. */
  account: string | null;
  chosen: boolean;
  picked: boolean;
  act: RowActions;
}

/** What a click on a row does, with the row's place in the list. */
export interface RowActions {
  open(row: PersonRow): void;
  pick(row: PersonRow, at: number): void;
  pickTo(row: PersonRow, at: number): void;
}

export const rowId = (row: PersonRow): string => `person-${row.accountId}-${row.contactId}`;

/** One person. */
export const PersonLine = memo(function Line(props: PersonLineProps) {
  const { row, list, rowIndex, chosen, picked, act } = props;
  const at = rowIndex - 2;
  const onClick = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    if (event.shiftKey) act.pickTo(row, at);
    else if (event.ctrlKey || event.metaKey) act.pick(row, at);
    else act.open(row);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useSemanticElements: there is no table.
    <div
      role="row"
      id={rowId(row)}
      aria-rowindex={rowIndex}
      aria-selected={picked}
      className={styles.line}
      data-chosen={chosen || undefined}
      data-testid="people-row"
      onClick={onClick}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
      {/* biome-ignore lint/a11y/useSemanticElements: there is no table. */}
      <span role="gridcell" className={styles.pick}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={texts.conversations.bulk.choose(nameOf(row))}
          checked={picked}
          data-testid="people-pick"
          // The row does it, so that a range can be chosen here too.
          onChange={() => undefined}
          onClick={(event) => {
            event.stopPropagation();
            if (event.shiftKey) act.pickTo(row, at);
            else act.pick(row, at);
          }}
        />
      </span>
      {COLUMNS[list].map((column) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
        // biome-ignore lint/a11y/useSemanticElements: there is no table.
        <span key={column} role="gridcell" className={styles.cell} data-column={column}>
          {cell(column, props)}
        </span>
      ))}
    </div>
  );
});

function cell(column: Column, { row, now, account }: PersonLineProps): ReactNode {
  const t = texts.conversations;
  const { stands } = row;
  switch (column) {
    case "who":
      return (
        <>
          <b className={styles.name}>{nameOf(row)}</b>
          {row.name && row.username && <span className={styles.quiet}>@{row.username}</span>}
          {account && <span className={styles.quiet}>{t.open.on(`@${account}`)}</span>}
        </>
      );
    case "state":
      return stands ? <StateMark awaiting={stands.state} short /> : t.none;
    case "automation":
      return (
        stands && (
          <span title={stands.automationId}>{stands.automation ?? t.deletedAutomation}</span>
        )
      );
    case "origin":
      return stands?.origin ? <OriginCell origin={stands.origin} /> : t.none;
    case "age":
      return stands && <time title={hoverTime(stands.since)}>{span(now - stands.since)}</time>;
    case "expires":
      return (
        stands && <time title={hoverTime(stands.expiresAt)}>{left(stands.expiresAt, now)}</time>
      );
    case "where":
      return row.onlyCached && <Where only={row.onlyCached} />;
    case "email":
      return row.email ?? t.none;
    case "follows":
      return row.follows === null ? t.unknown : row.follows ? t.yes : t.no;
    case "subscribed":
      return <Subscribed row={row} now={now} />;
    case "last":
      return row.lastMessageAt === null ? (
        t.none
      ) : (
        <time title={hoverTime(row.lastMessageAt)}>{t.ago(span(now - row.lastMessageAt))}</time>
      );
    case "seen":
      return row.firstSeenAt === null ? (
        t.none
      ) : (
        <time title={hoverTime(row.firstSeenAt)}>{t.ago(span(now - row.firstSeenAt))}</time>
      );
  }
}

function OriginCell({
  origin,
}: {
  origin: NonNullable<NonNullable<PersonRow["stands"]>["origin"]>;
}) {
  const t = texts.conversations;
  if (!origin.kind) {
    return (
      <span className={styles.quiet} title={origin.eventId}>
        {t.unknownOrigin}
      </span>
    );
  }
  return (
    <span title={`${texts.kinds[origin.kind]} · ${origin.eventId}`}>
      {texts.kinds[origin.kind]}
      {origin.text && <span className={styles.quiet}> “{origin.text}”</span>}
    </span>
  );
}

/** Why the documents lack where somebody stands. */
export function Where({ only }: { only: NonNullable<PersonRow["onlyCached"]> }) {
  const t = texts.conversations;
  return (
    <span className={styles.where} data-only={only} title={t.onlyCachedHints[only]}>
      <Icon name={only === "not_yet" ? "clock" : "warning"} size={12} />
      {t.onlyCached[only]}
    </span>
  );
}

/** Whether automations may write to somebody, in words and with an icon. */
export function Subscribed({ row, now }: { row: PersonRow; now: number }) {
  const t = texts.conversations;
  if (row.unsubscribed) {
    return (
      <span className={styles.muted}>
        <Icon name="muted" size={12} />
        {t.unsubscribed}
      </span>
    );
  }
  if (row.silencedUntil !== null) {
    return (
      <span className={styles.silenced} title={hoverTime(row.silencedUntil)}>
        <Icon name="silenced" size={12} />
        {t.silenced(span(row.silencedUntil - now))}
      </span>
    );
  }
  return <span className={styles.quiet}>{t.subscribed}</span>;
}
