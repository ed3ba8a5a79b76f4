import { memo, useRef, useState } from "react";
import type { Entry } from "@/host";
import { IconButton } from "@/shared/Button";
import { Icon, type IconName } from "@/shared/Icon";
import { MenuItem } from "@/shared/Menu";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import { useBuilder, useEntries } from "./context";
import styles from "./Library.module.css";
import { movedBy } from "./order";

const TYPE_ICON: Record<Entry["type"], IconName> = {
  comment_reply_flow: "comment",
  dm_automation: "message",
  story_reply_flow: "story",
};

interface LibraryRowProps {
  entry: Entry;
  rank: number;
  count: number;
  errors: number;
  chosen: boolean;
  tabbable: boolean;
  dragged: boolean;
  rowRef: (id: Entry["id"], element: HTMLElement | null) => void;
  onChoose: (id: Entry["id"]) => void;
  onKeyDown: (event: React.KeyboardEvent, entry: Entry) => void;
  onGrip: (event: React.PointerEvent<HTMLElement>, id: Entry["id"]) => void;
}

/**
 * One automation of the list: place, name, trigger, and how it stands. Drawn anew only with
 * what it shows, so that a letter of a search costs no more than what it changes.
 */
export const LibraryRow = memo(function LibraryRow(props: LibraryRowProps) {
  const { entry, rank, count, errors, chosen, tabbable, dragged } = props;
  const [menu, setMenu] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const quiet = isQuiet(entry);
  return (
    <div
      className={styles.row}
      data-chosen={chosen || undefined}
      data-dragged={dragged || undefined}
      data-quiet={quiet || undefined}
    >
      <span
        className={styles.grip}
        title={texts.library.move(entry.name)}
        onPointerDown={(event) => props.onGrip(event, entry.id)}
      >
        <span className={styles.rank}>{rank}</span>
        <Icon name="grip" size={14} />
      </span>
      <button
        ref={(element) => props.rowRef(entry.id, element)}
        type="button"
        className={styles.open}
        aria-current={chosen ? "true" : undefined}
        tabIndex={tabbable ? 0 : -1}
        data-testid={`entry-${entry.name}`}
        data-id={entry.id}
        data-state={entry.state}
        onClick={() => props.onChoose(entry.id)}
        onKeyDown={(event) => props.onKeyDown(event, entry)}
        onContextMenu={(event) => {
          event.preventDefault();
          setMenu(true);
        }}
      >
        <span className={styles.name}>
          <Icon name={TYPE_ICON[entry.type]} size={14} />
          <span className={styles.words}>{entry.name || texts.library.unnamed}</span>
          <Marks entry={entry} errors={errors} />
        </span>
        <span className={styles.about}>
          <span className={styles.words}>{triggerOf(entry)}</span>
          {entry.target !== "all" && (
            <span className={styles.tag}>
              {entry.type === "story_reply_flow" ? texts.library.oneStory : texts.library.onePost}
            </span>
          )}
          {count > 0 && (
            <span className={styles.count} title={texts.library.todayHint}>
              {texts.library.today(count)}
            </span>
          )}
        </span>
      </button>
      <IconButton
        ref={more}
        small
        icon="more"
        className={styles.more}
        label={texts.library.more(entry.name)}
        tabIndex={tabbable ? 0 : -1}
        aria-haspopup="menu"
        aria-expanded={menu}
        data-testid={`entry-more-${entry.name}`}
        onClick={() => setMenu(!menu)}
      />
      <Popover
        anchor={more}
        open={menu}
        onClose={() => setMenu(false)}
        label={texts.library.more(entry.name)}
        role="menu"
      >
        <RowMenu entry={entry} onDone={() => setMenu(false)} />
      </Popover>
    </div>
  );
});

/** Published and switched off. */
function isQuiet(entry: Entry): boolean {
  return !entry.isActive && entry.state !== "draft";
}

/** How it stands, at the end of the first line. */
function Marks({ entry, errors }: { entry: Entry; errors: number }) {
  return (
    <span className={styles.marks}>
      {entry.conflict ? (
        <span className={styles.conflict} title={texts.library.conflictHint}>
          <Icon name="warning" size={12} label={texts.library.conflict} />
        </span>
      ) : null}
      {errors > 0 && (
        <span className={styles.errors} title={texts.library.errors(errors)}>
          <Icon name="failed" size={12} label={texts.library.errors(errors)} />
          {errors}
        </span>
      )}
      {entry.state !== "published" && (
        <span className={styles.state} title={texts.library.stateHint[entry.state]}>
          {texts.library.states[entry.state]}
        </span>
      )}
      {isQuiet(entry) && <span className={styles.state}>{texts.library.off}</span>}
    </span>
  );
}

function RowMenu({ entry, onDone }: { entry: Entry; onDone: () => void }) {
  const { drafting } = useBuilder();
  const entries = useEntries();
  const does = drafting.getState();
  const then = (run: () => unknown) => () => {
    onDone();
    run();
  };
  const up = movedBy(entries, entry.id, -1);
  const down = movedBy(entries, entry.id, 1);
  return (
    <>
      <MenuItem
        icon={entry.isActive ? "silenced" : "bolt"}
        testId="entry-toggle"
        onChoose={then(() => does.toggle(entry.id, !entry.isActive))}
      >
        {entry.isActive ? texts.library.switchOff : texts.library.switchOn}
      </MenuItem>
      <MenuItem
        icon="up"
        disabled={!up}
        testId="entry-up"
        onChoose={then(() => up && does.reorder(up))}
      >
        {texts.library.moveUp}
      </MenuItem>
      <MenuItem
        icon="down"
        disabled={!down}
        testId="entry-down"
        onChoose={then(() => down && does.reorder(down))}
      >
        {texts.library.moveDown}
      </MenuItem>
      <MenuItem
        icon="copy"
        testId="entry-duplicate"
        onChoose={then(() => does.duplicate(entry.id))}
      >
        {texts.library.duplicate}
      </MenuItem>
      <MenuItem
        icon="send"
        testId="entry-export"
        onChoose={then(() => does.exportFile([entry.id]))}
      >
        {texts.library.export}
      </MenuItem>
      <MenuItem icon="store" testId="entry-archive" onChoose={then(() => does.archive(entry.id))}>
        {texts.library.archive}
      </MenuItem>
      <MenuItem icon="trash" testId="entry-delete" onChoose={then(() => does.remove(entry.id))}>
        {texts.library.remove}
      </MenuItem>
    </>
  );
}

function triggerOf({ trigger }: Entry): string {
  if (trigger.mode === "any_reply") return texts.library.anything;
  const words = (trigger.keywords ?? []).map((keyword) => keyword.text).filter(Boolean);
  return words.length > 0 ? texts.library.keywords(words) : texts.library.noKeywords;
}
