import { useMemo, useRef, useState } from "react";
import { useNavigation, useOpened, useSession, useStores } from "@/features/session/context";
import type { Entry } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { MenuItem } from "@/shared/Menu";
import pane from "@/shared/Pane.module.css";
import { Popover } from "@/shared/Popover";
import { isTyping } from "@/shared/roving";
import { SearchField } from "@/shared/SearchField";
import { texts } from "@/texts";
import { useBuilder, useBuilderView, useEntries } from "./context";
import styles from "./Library.module.css";
import { LibraryList } from "./LibraryList";
import { NewAutomation } from "./NewAutomation";
import { EVERYTHING, type Filter, type Shown, TYPES } from "./order";
import { PutAwayList } from "./PutAwayList";
import { startedToday } from "./today";

const SHOWN: readonly Shown[] = ["all", "on", "off", "unpublished"];

/** All automations of the workspace: found, put in order, switched, begun. */
export function LibraryPane() {
  const { session } = useStores();
  const entries = useEntries();
  const { view } = useBuilder();
  const filter = useBuilderView((state) => state.filter);
  const people = useOpened((opened) => opened.people);
  const now = useOpened((opened) => opened.now);
  const today = useMemo(() => startedToday(Object.values(people), now), [people, now]);
  const putAway = useSession((session) => session.library?.putAway.length ?? 0);
  /** What was just taken out comes back, as long as that is offered. */
  const onKeyDown = (event: React.KeyboardEvent) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
    const action = session.getState().notice?.action;
    if (!isUndo || isTyping(event.target) || action?.label !== texts.library.undo) return;
    event.preventDefault();
    event.stopPropagation();
    action.run();
  };
  const change = (part: Partial<Filter>) => view.setState({ filter: { ...filter, ...part } });

  return (
    <section className={styles.pane} aria-label={texts.library.title} onKeyDown={onKeyDown}>
      <header className={pane.head}>
        <h2 className={pane.title}>{texts.library.title}</h2>
        <NewAutomation />
        <LibraryMenu entries={entries} />
      </header>
      <div className={styles.filter}>
        <SearchField
          label={texts.library.search}
          clear={texts.window.clearSearch}
          value={filter.text}
          testId="library-search"
          onChange={(text) => change({ text })}
        />
        <div className={styles.selects}>
          <select
            className={field.select}
            aria-label={texts.library.filterType}
            value={filter.type}
            data-testid="library-type"
            onChange={(event) => change({ type: event.target.value as Filter["type"] })}
          >
            <option value="all">{texts.library.allTypes}</option>
            {TYPES.map((type) => (
              <option key={type} value={type}>
                {texts.library.types[type]}
              </option>
            ))}
          </select>
          <select
            className={field.select}
            aria-label={texts.library.filterShown}
            value={filter.shown}
            data-testid="library-shown"
            onChange={(event) => change({ shown: event.target.value as Shown })}
          >
            {SHOWN.map((shown) => (
              <option key={shown} value={shown}>
                {texts.library.shown[shown]}
              </option>
            ))}
          </select>
        </div>
      </div>
      <LibraryList
        entries={entries}
        filter={filter}
        today={today}
        onClear={() => view.setState({ filter: EVERYTHING })}
      />
      {putAway > 0 && <PutAwayList />}
    </section>
  );
}

/** What is done with the library as a whole. */
function LibraryMenu({ entries }: { entries: readonly Entry[] }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const { drafting } = useBuilder();
  const chosen = useNavigation((navigation) => navigation.automation);
  const ids = entries.map((entry) => entry.id);
  const name = entries.find((entry) => entry.id === chosen)?.name;
  return (
    <>
      <IconButton
        ref={anchor}
        icon="more"
        label={texts.library.menu}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid="library-menu"
        onClick={() => setOpen(!open)}
      />
      <input
        ref={file}
        type="file"
        accept=".yaml,.yml,.json"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={texts.library.import}
        data-testid="library-file"
        onChange={async (event) => {
          const chosenFile = event.target.files?.[0];
          event.target.value = "";
          if (chosenFile) await drafting.getState().importText(await chosenFile.text());
        }}
      />
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.library.menu}
        role="menu"
      >
        <MenuItem
          icon="file"
          testId="library-import"
          onChoose={() => {
            setOpen(false);
            file.current?.click();
          }}
        >
          {texts.library.import}
        </MenuItem>
        <MenuItem
          icon="send"
          testId="library-export"
          disabled={chosen === null}
          onChoose={() => {
            setOpen(false);
            if (chosen) void drafting.getState().exportFile([chosen]);
          }}
        >
          {name === undefined ? texts.library.export : texts.library.exportThis(name)}
        </MenuItem>
        <MenuItem
          icon="send"
          testId="library-export-all"
          disabled={ids.length === 0}
          onChoose={() => {
            setOpen(false);
            void drafting.getState().exportFile(ids);
          }}
        >
          {texts.library.exportAll}
        </MenuItem>
      </Popover>
    </>
  );
}

export function EmptyLibrary({ onClear }: { onClear: (() => void) | null }) {
  return (
    <div className={pane.empty}>
      <strong>{onClear ? texts.library.nothingFound : texts.library.none}</strong>
      {onClear && <p>{texts.library.nothingFoundHint}</p>}
      {onClear && <Button onClick={onClear}>{texts.library.clearFilter}</Button>}
    </div>
  );
}
