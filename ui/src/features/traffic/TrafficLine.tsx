import { memo } from "react";
import { useOpened } from "@/features/session/context";
import type { RowResult, TrafficRow } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { clockTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import { useUsername } from "./accounts";
import { KIND_ICON } from "./kind";
import { millisOf, took } from "./shown";
import { type Chosen, chosenOf } from "./store";
import styles from "./Traffic.module.css";

const RESULT_ICON: Record<RowResult, IconName> = {
  waiting: "clock",
  refused: "lock",
  nothing: "minus",
  repeat: "redo",
  noted: "check",
  sending: "send",
  retrying: "retry",
  sent: "check",
  not_sent: "minus",
  failed: "failed",
  unknown: "warning",
  dropped: "minus",
  dead: "failed",
  removed: "trash",
};

interface TrafficLineProps {
  row: TrafficRow;
  rowIndex: number;
  chosen: boolean;
  onOpen: (chosen: Chosen) => Promise<void>;
}

export const rowId = (row: TrafficRow): string =>
  row.number > 0
    ? `row-${row.number}`
    : `row-${row.deliveryId ?? `refused-${row.refusedId}`}-${row.index}`;

/** One row. What a row says comes anew with every batch, so it is compared by what it says. */
export const TrafficLine = memo(Line, (before, after) => {
  const { row: old } = before;
  const { row } = after;
  return (
    before.chosen === after.chosen &&
    before.rowIndex === after.rowIndex &&
    old.number === row.number &&
    old.deliveryId === row.deliveryId &&
    old.result === row.result &&
    old.kind === row.kind &&
    old.text === row.text &&
    old.micros === row.micros &&
    old.automation === row.automation &&
    old.worker === row.worker &&
    old.reason === row.reason
  );
});

function Line({ row, rowIndex, chosen, onOpen }: TrafficLineProps) {
  const who = useWho(row);
  const account = useUsername(row.accountId);
  const refused = row.result === "refused";
  const kind = row.kind ? texts.kinds[row.kind] : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useSemanticElements: there is no table.
    <div
      role="row"
      id={rowId(row)}
      aria-rowindex={rowIndex}
      aria-selected={chosen}
      className={styles.line}
      data-testid="traffic-row"
      data-result={row.result}
      onClick={() => void onOpen(chosenOf(row))}
    >
      <Cell column="time">
        <time title={hoverTime(row.at)}>
          {clockTime(row.at)}
          <span className={styles.millis}>{millisOf(row.at)}</span>
        </time>
      </Cell>
      <Cell column="kind">
        {refused ? (
          <Icon name="lock" size={14} label={texts.traffic.results.refused} />
        ) : (
          row.kind && (
            <span title={kind}>
              <Icon name={KIND_ICON[row.kind]} size={14} label={kind} />
            </span>
          )
        )}
      </Cell>
      <Cell column="account">
        {account === null ? row.accountId : <span title={row.accountId ?? ""}>@{account}</span>}
      </Cell>
      <Cell column="contact">{who}</Cell>
      <Cell column="text">{row.text}</Cell>
      <Cell column="automation">
        {row.automation ??
          (row.reason && <span className={styles.why}>{texts.reasons[row.reason]}</span>)}
      </Cell>
      <Cell column="result">
        <span
          className={styles.result}
          data-result={row.result}
          title={row.worker === null ? undefined : texts.traffic.elsewhere.by(row.worker)}
        >
          <Icon name={RESULT_ICON[row.result]} size={12} />
          {texts.traffic.results[row.result]}
        </span>
      </Cell>
      <Cell column="ms">{row.micros === null ? "" : took(row.micros)}</Cell>
    </div>
  );
}

function Cell({ column, children }: { column: string; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useSemanticElements: there is no table.
    <span role="gridcell" className={styles.cell} data-column={column}>
      {children}
    </span>
  );
}

/** The person by handle, or by id where nobody knows more. */
export function useWho(row: Pick<TrafficRow, "contactId" | "username">): string {
  const person = useOpened(({ people }) =>
    row.contactId ? people[row.contactId]?.username : undefined,
  );
  // Accounts of one's own write to each other, too.
  const account = useUsername(row.contactId);
  const username = row.username ?? person ?? account;
  return username ? `@${username}` : (row.contactId ?? texts.traffic.noContact);
}
