import { useEffect, useState } from "react";
import { useEditing } from "@/features/builder/editing";
import { useSession, useStores } from "@/features/session/context";
import type { Tested } from "@/host";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { useBuilder, useEntries } from "./context";
import styles from "./Drawer.module.css";

const REST = 150;

/** Which sample texts this automation answers, and which other one would win instead. */
export function KeywordTester() {
  const { editing } = useBuilder();
  const { navigation } = useStores();
  const host = useSession((session) => session.host.builder);
  const draft = useEditing(editing, (state) => state.draft);
  const entries = useEntries();
  const [own, setOwn] = useState<string | null>(null);
  const word = draft?.trigger.keywords?.[0]?.text ?? null;
  const written = own ?? texts.library.testerSample(word);
  const [tested, setTested] = useState<readonly Tested[]>([]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another order or switch changes the answer.
  useEffect(() => {
    const samples = written.split("\n").filter((line) => line.trim() !== "");
    if (!draft || samples.length === 0) {
      setTested([]);
      return;
    }
    let wanted = true;
    const timer = setTimeout(() => {
      host.testTexts(draft, samples).then(
        (answer) => wanted && setTested(answer),
        // What it cannot test it shows nothing of; the next key asks again.
        () => wanted && setTested([]),
      );
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [draft, written, host, entries]);

  return (
    <div className={styles.tester}>
      <label className={styles.samples}>
        <span>{texts.library.testerHint}</span>
        <textarea
          aria-label={texts.library.testerTexts}
          value={written}
          spellCheck={false}
          data-testid="tester-texts"
          onChange={(event) => setOwn(event.target.value)}
        />
      </label>
      <ul className={styles.tested} aria-live="polite" data-testid="tested">
        {tested.map((one, index) => {
          const won = one.winner?.id === draft?.id;
          const look = won ? "won" : one.matches ? "lost" : "none";
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same text may stand there twice.
            <li key={index} data-look={look}>
              <span className={styles.verdict}>
                <Icon name={won ? "check" : one.matches ? "warning" : "minus"} size={14} />
                {won
                  ? texts.library.matches
                  : one.matches
                    ? texts.library.wouldMatch
                    : texts.library.noMatch}
              </span>
              <span className={styles.sample}>{one.text}</span>
              <span className={styles.because}>
                {won ? one.why : null}
                {!won && one.winner && (
                  <button
                    type="button"
                    className={styles.link}
                    onClick={() =>
                      one.winner && navigation.getState().openAutomation(one.winner.id)
                    }
                  >
                    {texts.library.wonBy(one.winner.name, one.winner.keyword)}
                  </button>
                )}
                {!won && !one.winner && texts.library.nobody}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
