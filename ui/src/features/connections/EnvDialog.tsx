import { useEffect, useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import { type EnvReading, HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import styles from "./Connections.module.css";
import { useConnectionsStore } from "./context";

/** Until somebody has stopped to type. */
const A_MOMENT = 200;

/** A connection out of a `.env` file: pasted, looked at, and only then stored. */
export function EnvDialog() {
  const store = useConnectionsStore();
  const tell = useSession((session) => session.tell);
  const chooser = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [reading, setReading] = useState<EnvReading | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const t = texts.connections.env;

  useEffect(() => {
    let current = true;
    if (text.trim() === "") {
      setReading(null);
      return;
    }
    const timer = setTimeout(async () => {
      const read = await store.getState().readEnv(text);
      if (!current) return;
      if (read instanceof HostError) setProblem(read.message);
      else {
        setProblem(null);
        setReading(read);
      }
    }, A_MOMENT);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [store, text]);

  const ready = reading?.isEnough === true && name.trim() !== "" && !busy;
  const make = async () => {
    setBusy(true);
    const refused = await store.getState().importEnv(text, name.trim());
    setBusy(false);
    if (refused) setProblem(refused.message);
  };

  return (
    <Dialog
      title={t.title}
      onClose={() => store.getState().close()}
      testId="env-dialog"
      buttons={
        <>
          <Button look="quiet" onClick={() => store.getState().close()}>
            {texts.connections.editor.cancel}
          </Button>
          <Button
            look="primary"
            disabled={!ready}
            data-testid="env-import"
            onClick={() => void make()}
          >
            {t.import}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{t.hint}</p>
        <div>
          <label className={field.label} htmlFor="env-text">
            {t.paste}
          </label>
          <textarea
            id="env-text"
            className={styles.paste}
            value={text}
            rows={8}
            spellCheck={false}
            placeholder={t.placeholder}
            data-autofocus
            data-testid="env-text"
            onChange={(event) => setText(event.target.value)}
          />
          <input
            ref={chooser}
            type="file"
            hidden
            aria-label={t.choose}
            data-testid="env-file"
            onChange={async (event) => {
              const file = event.target.files?.[0];
              event.target.value = "";
              if (!file) return;
              try {
                setText(await file.text());
              } catch (thrown) {
                tell({ kind: "warning", text: HostError.from(thrown).message });
              }
            }}
          />
          <Button icon="file" onClick={() => chooser.current?.click()}>
            {t.choose}
          </Button>
        </div>
        {problem && (
          <p className={field.problem} role="alert" data-testid="env-problem">
            {problem}
          </p>
        )}
        {reading && <Reading reading={reading} />}
        <div>
          <label className={field.label} htmlFor="env-name">
            {t.name}
          </label>
          <input
            id="env-name"
            className={field.input}
            value={name}
            placeholder={texts.connections.editor.namePlaceholder}
            data-testid="env-name"
            onChange={(event) => setName(event.target.value)}
          />
          <p className={field.hint}>{t.observes}</p>
        </div>
      </div>
    </Dialog>
  );
}

/** What was recognised, what is worth knowing, and what was not recognised. */
function Reading({ reading }: { reading: EnvReading }) {
  const t = texts.connections.env;
  return (
    <div className={styles.reading} data-testid="env-reading">
      {reading.recognised.length > 0 && (
        <table aria-label={t.recognised}>
          <tbody>
            {reading.recognised.map((found) => (
              <tr key={found.name}>
                <th scope="row">
                  <code>{found.name}</code>
                </th>
                <td>{found.becomes}</td>
                <td>
                  {found.shown !== null && <code className="selectable">{found.shown}</code>}
                  {found.isSecret && (
                    <span className={styles.secretMark}>
                      <Icon name="lock" size={12} />
                      {found.shown === null ? t.secret : t.withSecret}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {reading.problems.length > 0 && (
        <ul aria-label={t.problems} className={styles.envProblems}>
          {reading.problems.map(({ line, says }) => (
            <li key={`${line}-${says}`}>
              <Icon name="warning" size={14} />
              <span>
                {line !== null && <b>{t.line(line)}: </b>}
                {says}
              </span>
            </li>
          ))}
        </ul>
      )}
      {reading.others.length > 0 && (
        <p className={styles.quiet} data-testid="env-others">
          {t.others(reading.others.length)}: <code>{reading.others.join(", ")}</code>
        </p>
      )}
    </div>
  );
}
