import { useRef, useState } from "react";
import { nodeAt } from "@/features/builder/document/nodes";
import { useEditing } from "@/features/builder/editing";
import { CopyButton } from "@/features/session/CopyButton";
import { useSession } from "@/features/session/context";
import type { Automation, Exploration } from "@/host";
import { HostError } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { useBuilder } from "./context";
import styles from "./Explore.module.css";

/** Lets the engine walk every way through the automation, and shows what it ran into. */
export function Explore() {
  const { editing } = useBuilder();
  const host = useSession((session) => session.host.builder);
  const draft = useEditing(editing, (state) => state.draft);
  const [walked, setWalked] = useState<{ of: Automation; exploration: Exploration } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [walking, setWalking] = useState(false);
  const latest = useRef(0);
  if (!draft) return null;
  const shown = walked?.of.id === draft.id ? walked.exploration : null;

  const walk = async () => {
    latest.current += 1;
    const mine = latest.current;
    setWalking(true);
    setFailure(null);
    try {
      const exploration = await host.explore(draft);
      if (mine === latest.current) setWalked({ of: draft, exploration });
    } catch (thrown) {
      if (mine === latest.current) setFailure(HostError.from(thrown).message);
    } finally {
      if (mine === latest.current) setWalking(false);
    }
  };

  return (
    <div className={styles.explore}>
      <div className={styles.head}>
        <Button
          look={shown ? "plain" : "primary"}
          icon="flow"
          disabled={walking}
          data-testid="explore"
          onClick={() => void walk()}
        >
          {shown ? texts.library.exploreAgain : texts.library.explore}
        </Button>
        <p role="status" data-testid="explored">
          {failure ??
            (walking
              ? texts.library.exploring
              : shown
                ? texts.library.explored(shown.ways, shown.complete)
                : texts.library.exploreHint)}
          {shown && walked?.of !== draft && !walking && ` ${texts.library.exploredOld}`}
        </p>
      </div>
      {shown && shown.findings.length === 0 && (
        <p className={styles.good}>
          <Icon name="check" size={14} />
          {texts.library.exploredWell}
        </p>
      )}
      {shown && shown.findings.length > 0 && (
        <ul className={styles.ways} data-testid="explored-ways">
          {shown.findings.map((way) => (
            <li key={`${way.kind} ${way.path} ${way.message}`}>
              <button
                type="button"
                className={styles.message}
                onClick={() => editing.getState().select(nodeAt(draft, way.path))}
              >
                <Icon name="warning" size={14} />
                <span>
                  <strong>{texts.library.wayKinds[way.kind]}</strong> {way.message}
                </span>
              </button>
              <ol className={styles.turns} aria-label={texts.library.shortest}>
                {way.conversation.map((turn, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: turns have no ids and never move.
                  <li key={index} data-who={turn.who}>
                    <span className={styles.who}>{texts.library.turnOf[turn.who]}</span>
                    <span>{turn.text}</span>
                  </li>
                ))}
              </ol>
              <CopyButton text={way.scenario} label={texts.library.copyScenario} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
