import { useEffect } from "react";
import { useStore } from "zustand";
import { useConversations } from "@/features/conversations/context";
import { useNavigation, useSession, useStores } from "@/features/session/context";
import { Button, IconButton } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { Icon, type IconName } from "@/shared/Icon";
import { texts } from "@/texts";
import { PART, PURPOSES, type Purpose, STEPS, type Step, WHERE } from "./path";
import styles from "./Welcome.module.css";

const ICONS: Record<Purpose, IconName> = { build: "flow", receive: "listener", look: "search" };

/** The question of the first start, and the steps that were chosen. Never again by itself. */
export function Welcome() {
  const { welcome, session, navigation } = useStores();
  const unseen = useSession((each) => each.opened !== null && !each.settings.welcomed);
  const asked = useStore(welcome, (state) => state.asked);
  const purpose = useStore(welcome, (state) => state.purpose);
  const t = texts.welcome;

  const begin = (chosen: Purpose | null) => {
    welcome.getState().begin(chosen);
    if (chosen) navigation.getState().go(WHERE[STEPS[chosen][0]]);
    if (!session.getState().settings.welcomed) {
      void session.getState().saveSettings({ welcomed: true });
    }
  };

  return (
    <>
      {purpose && <Path purpose={purpose} />}
      {(unseen || asked) && (
        <Dialog
          title={t.title}
          testId="welcome"
          onClose={() => begin(purpose)}
          buttons={
            <Button look="quiet" data-testid="welcome-around" onClick={() => begin(null)}>
              {t.around}
            </Button>
          }
        >
          <p className={styles.intro}>{t.intro}</p>
          <ul className={styles.choices}>
            {PURPOSES.map((each) => (
              <li key={each}>
                <button
                  type="button"
                  className={styles.choice}
                  data-testid={`welcome-${each}`}
                  onClick={() => begin(each)}
                >
                  <Icon name={ICONS[each]} size={20} />
                  <span>
                    <b>{t.choices[each].title}</b>
                    <span>{t.choices[each].about}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

/** The steps below the strip, each leading to where it is done. */
function Path({ purpose }: { purpose: Purpose }) {
  const { welcome, session, navigation } = useStores();
  const steps = useStore(welcome, (state) => state.steps);
  const reachable = useStore(welcome, (state) => state.reachable);
  const screen = useNavigation((state) => state.screen);
  const conversation = useConversations((state) => state.opened !== null);
  const t = texts.welcome;
  const all: readonly Step[] = STEPS[purpose];
  const next = all.find((step) => !steps.has(step));

  useEffect(() => {
    const look = () => {
      const seen = { session: session.getState(), screen, reachable, conversation };
      welcome.getState().see(seen);
    };
    look();
    return session.subscribe(look);
  }, [welcome, session, screen, reachable, conversation]);

  const lead = (step: Step) => {
    navigation.getState().go(WHERE[step]);
    const part = PART[step];
    if (part) show(part);
  };

  return (
    <nav className={styles.path} aria-label={t.path} data-testid="path">
      <ol>
        {all.map((step, index) => {
          const isDone = steps.has(step);
          return (
            <li key={step}>
              <button
                type="button"
                className={styles.step}
                aria-current={step === next ? "step" : undefined}
                aria-label={isDone ? t.done(t.steps[step]) : undefined}
                data-done={isDone || undefined}
                data-testid={`step-${step}`}
                onClick={() => lead(step)}
              >
                {isDone ? (
                  <Icon name="check" size={14} />
                ) : (
                  <span className={styles.number}>{index + 1}</span>
                )}
                {t.steps[step]}
              </button>
            </li>
          );
        })}
      </ol>
      {!next && <span data-testid="path-finished">{t.finished}</span>}
      <IconButton
        small
        icon="close"
        label={t.close}
        className={styles.close}
        data-testid="path-close"
        onClick={() => welcome.getState().close()}
      />
    </nav>
  );
}

/** How long a screen may take that is loaded when it is first asked for. */
const PATIENCE = 3_000;

/** Brings a part of the screen in front into sight, once it is there. */
function show(part: string) {
  const until = performance.now() + PATIENCE;
  const look = () => {
    const element = document.getElementById(part);
    if (element) {
      element.scrollIntoView?.({ block: "nearest" });
      element.focus({ preventScroll: true });
    } else if (performance.now() < until) {
      requestAnimationFrame(look);
    }
  };
  look();
}
