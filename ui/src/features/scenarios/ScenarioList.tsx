import { useRef, useState } from "react";
import { useOpened } from "@/features/session/context";
import { Button, IconButton } from "@/shared/Button";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { ScenarioRow } from "./ScenarioRow";
import styles from "./Scenarios.module.css";
import { type NotAdded, type ScenariosState, useScenarios } from "./useScenarios";

const t = texts.playback.scenarios;

/** The saved scenarios, with what became of each, and how to save another one. */
export function ScenarioList({ onOpened }: { onOpened: () => void }) {
  const scenarios = useScenarios();
  const { kept, progress } = scenarios;
  const passed = (kept ?? []).filter((each) => each.last?.passed).length;
  const failed = (kept ?? []).filter((each) => each.last && !each.last.passed).length;

  return (
    <div className={styles.panel} data-testid="scenarios">
      <p className={styles.intro}>{t.intro}</p>
      <Save scenarios={scenarios} />
      <div className={styles.bar}>
        {passed + failed > 0 && !progress ? (
          <p className={failed > 0 ? styles.bad : styles.good} data-testid="scenarios-verdict">
            <Icon name={failed > 0 ? "failed" : "check"} size={14} />
            {t.verdict(passed, failed)}
          </p>
        ) : (
          <p className={styles.quiet} aria-live="polite">
            {progress ? t.running(progress.done, progress.all) : t.replaces}
          </p>
        )}
        {progress ? (
          <Button onClick={scenarios.stop}>{t.stop}</Button>
        ) : (
          <Button
            icon="play"
            disabled={!kept?.length || scenarios.busy}
            data-testid="scenarios-run-all"
            onClick={() => void scenarios.runAll()}
          >
            {t.runAll}
          </Button>
        )}
      </div>
      {kept?.length === 0 && <p className={styles.quiet}>{t.empty}</p>}
      <ul className={styles.list}>
        {(kept ?? []).map((scenario) => (
          <ScenarioRow
            key={scenario.file}
            scenario={scenario}
            scenarios={scenarios}
            onOpened={onOpened}
          />
        ))}
      </ul>
      <div className={styles.adds}>
        <AddFromFiles scenarios={scenarios} />
        <AddFromText scenarios={scenarios} />
      </div>
    </div>
  );
}

/** Names the conversation that is shown, and keeps it. */
function Save({ scenarios }: { scenarios: ScenariosState }) {
  const something = useOpened((opened) => opened.playback.position > 0);
  const [name, setName] = useState("");
  const [about, setAbout] = useState("");
  if (!something) return <p className={styles.nothing}>{t.nothingToSave}</p>;
  return (
    <form
      className={styles.save}
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        void scenarios.save(name.trim(), about.trim()).then((saved) => {
          if (!saved) return;
          setName("");
          setAbout("");
        });
      }}
    >
      <label>
        <span className={field.label}>{t.saveName}</span>
        <input
          className={field.input}
          value={name}
          placeholder={t.saveNamePlaceholder}
          autoComplete="off"
          data-testid="scenario-name"
          data-autofocus
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        <span className={field.label}>{t.saveAbout}</span>
        <input
          className={field.input}
          value={about}
          autoComplete="off"
          onChange={(event) => setAbout(event.target.value)}
        />
      </label>
      <Button
        type="submit"
        look="primary"
        disabled={!name.trim() || scenarios.busy}
        data-testid="scenario-save"
      >
        {t.save}
      </Button>
    </form>
  );
}

/** Takes scenarios that somebody else has sent as files, and says which are none. */
function AddFromFiles({ scenarios }: { scenarios: ScenariosState }) {
  const files = useRef<HTMLInputElement>(null);
  const [notAdded, setNotAdded] = useState<readonly NotAdded[]>([]);
  return (
    <>
      <input
        ref={files}
        type="file"
        accept=".yaml,.yml"
        multiple
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t.importFiles}
        data-testid="scenario-files"
        onChange={async (event) => {
          const chosen = [...(event.target.files ?? [])];
          event.target.value = "";
          if (chosen.length > 0) setNotAdded(await scenarios.addFiles(chosen));
        }}
      />
      <Button
        look="quiet"
        icon="file"
        disabled={scenarios.busy}
        data-testid="scenario-add-files"
        onClick={() => files.current?.click()}
      >
        {t.importFiles}
      </Button>
      {notAdded.length > 0 && (
        <div className={styles.notAdded} role="alert" data-testid="scenario-not-added">
          <p className={styles.bad}>{t.notAdded}</p>
          <IconButton small icon="close" label={t.dismiss} onClick={() => setNotAdded([])} />
          <dl>
            {notAdded.map(({ file, why }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: files may be called alike.
              <div key={at}>
                <dt className="selectable">{file}</dt>
                <dd className="selectable">{why}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

/** Takes a scenario that somebody else has sent as text. */
function AddFromText({ scenarios }: { scenarios: ScenariosState }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  if (!open) {
    return (
      <Button look="quiet" icon="add" data-testid="scenario-import" onClick={() => setOpen(true)}>
        {t.import}
      </Button>
    );
  }
  return (
    <form
      className={styles.import}
      onSubmit={(event) => {
        event.preventDefault();
        void scenarios.add(text).then((added) => {
          if (!added) return;
          setText("");
          setOpen(false);
        });
      }}
    >
      <label>
        <span className={field.label}>{t.importLabel}</span>
        <textarea
          className={`${field.input} ${styles.text}`}
          value={text}
          rows={6}
          spellCheck={false}
          data-testid="scenario-text"
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className={styles.buttons}>
        <Button look="quiet" onClick={() => setOpen(false)}>
          {t.cancel}
        </Button>
        <Button type="submit" look="primary" disabled={!text.trim() || scenarios.busy}>
          {t.importAdd}
        </Button>
      </div>
    </form>
  );
}
