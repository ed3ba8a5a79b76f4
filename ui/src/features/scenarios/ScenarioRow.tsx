import { useState } from "react";
import { useSession } from "@/features/session/context";
import { HostError, type KeptScenario, type ScenarioOutcome } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import { copyText } from "@/shared/clipboard";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Scenarios.module.css";
import type { ScenariosState } from "./useScenarios";

const t = texts.playback.scenarios;

interface ScenarioRowProps {
  scenario: KeptScenario;
  scenarios: ScenariosState;
  onOpened: () => void;
}

/** One scenario: what became of it, and what can be done with it. */
export function ScenarioRow({ scenario, scenarios, onOpened }: ScenarioRowProps) {
  const { name, about, last, problem, file } = scenario;
  const [renaming, setRenaming] = useState(false);
  const [more, setMore] = useState(false);
  const runs = scenarios.running.has(file);
  const bad = last !== null && !last.passed;

  return (
    <li className={styles.row} data-testid={`scenario-${file}`}>
      <div className={styles.line}>
        <Standing last={last} runs={runs} />
        {renaming ? (
          <Rename
            name={name}
            onDone={(wanted) => {
              setRenaming(false);
              if (wanted && wanted !== name) void scenarios.rename(file, wanted);
            }}
          />
        ) : (
          <div className={styles.what}>
            <strong title={file}>{name}</strong>
            <span className={styles.quiet} title={about ?? undefined}>
              {about ?? t.steps(scenario.steps)}
            </span>
          </div>
        )}
        <Button
          disabled={runs || scenarios.progress !== null}
          aria-label={t.runNamed(name)}
          data-testid={`run-${file}`}
          onClick={() => void scenarios.run(file)}
        >
          {t.run}
        </Button>
        <Button
          disabled={scenarios.busy || problem !== null}
          aria-label={t.openNamed(name)}
          data-testid={`open-${file}`}
          onClick={() => void scenarios.open(scenario).then((opened) => opened && onOpened())}
        >
          {t.openOne}
        </Button>
        <IconButton
          icon="more"
          label={t.more(name)}
          aria-expanded={more}
          data-testid={`more-${file}`}
          onClick={() => setMore(!more)}
        />
      </div>
      {more && (
        <More
          scenario={scenario}
          scenarios={scenarios}
          onRename={() => {
            setMore(false);
            setRenaming(true);
          }}
        />
      )}
      {problem && <p className={`${styles.problem} selectable`}>{problem}</p>}
      {bad && last && <Failures outcome={last} />}
    </li>
  );
}

function Standing({ last, runs }: { last: ScenarioOutcome | null; runs: boolean }) {
  if (runs) return <Icon name="clock" size={14} label={t.running(0, 1)} className={styles.never} />;
  if (!last) return <Icon name="ring" size={14} label={t.never} className={styles.never} />;
  return last.passed ? (
    <Icon name="check" size={14} label={t.passed} className={styles.passed} />
  ) : (
    <Icon name="failed" size={14} label={t.failed} className={styles.failed} />
  );
}

/** What was not as expected: what is only expected in red, what is only there in green. */
function Failures({ outcome }: { outcome: ScenarioOutcome }) {
  return (
    <div className={styles.failures} data-testid="scenario-failures">
      {outcome.problem && <p className="selectable">{outcome.problem}</p>}
      {outcome.failures.map((failure) => (
        <div key={`${failure.line}-${failure.message}`}>
          <p>
            <span className={styles.quiet}>{t.line(failure.line, failure.step)}</span>{" "}
            {failure.message}
          </p>
          <pre className={`${styles.diff} selectable`}>
            {failure.diff.map((line, at) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never move.
                key={at}
                data-only={
                  line.startsWith("-") ? "expected" : line.startsWith("+") ? "got" : undefined
                }
              >
                {line}
                {"\n"}
              </span>
            ))}
          </pre>
        </div>
      ))}
    </div>
  );
}

function Rename({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const [wanted, setWanted] = useState(name);
  return (
    <form
      className={styles.rename}
      onSubmit={(event) => {
        event.preventDefault();
        onDone(wanted.trim() || null);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onDone(null);
      }}
    >
      <input
        className={field.input}
        value={wanted}
        aria-label={t.saveName}
        autoComplete="off"
        ref={(element) => element?.focus()}
        data-testid="scenario-rename"
        onChange={(event) => setWanted(event.target.value)}
      />
      <Button type="submit">{t.keep}</Button>
    </form>
  );
}

/** What is done more rarely: another name, a copy, away with it. */
function More({
  scenario,
  scenarios,
  onRename,
}: {
  scenario: KeptScenario;
  scenarios: ScenariosState;
  onRename: () => void;
}) {
  const host = useSession((session) => session.host);
  const tell = useSession((session) => session.tell);
  const { file } = scenario;
  const copy = async (what: Promise<string>) => {
    try {
      const text = await what;
      if (await copyText(text)) tell({ kind: "note", text: texts.why.copied });
      else tell({ kind: "warning", text });
    } catch (thrown) {
      tell({ kind: "warning", text: HostError.from(thrown).message });
    }
  };
  return (
    <div className={styles.more}>
      <Button icon="hand" data-testid={`rename-${file}`} onClick={onRename}>
        {t.rename}
      </Button>
      <Button icon="copy" onClick={() => void copy(host.scenarios.text(file))}>
        {t.copyText}
      </Button>
      <Button icon="file" onClick={() => void copy(host.scenarios.path(file))}>
        {t.copyPath}
      </Button>
      <Button
        icon="trash"
        look="danger"
        disabled={scenarios.busy}
        data-testid={`delete-${file}`}
        onClick={() => void scenarios.remove(scenario)}
      >
        {t.delete}
      </Button>
    </div>
  );
}
