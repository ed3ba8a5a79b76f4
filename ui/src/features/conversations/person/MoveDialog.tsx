import { useId, useState } from "react";
import type { Awaiting, KnownAutomation, OpenedContact } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import field from "@/shared/Field.module.css";
import { texts } from "@/texts";
import { useConversations } from "../context";
import { nameOf, span } from "../names";
import { OnProfile, Problem, useSetting } from "./Actions";
import styles from "./Person.module.css";

const NONE: never[] = [];

/** Chooses where a contact is put, and says exactly what that does. */
export function MoveDialog({ opened, onClose }: { opened: OpenedContact; onClose: () => void }) {
  const { person } = opened;
  const { set, busy, problem } = useSetting(opened, onClose);
  const accounts = useConversations((state) => state.news?.accounts ?? NONE);
  const life = useConversations((state) => state.news?.stateLife ?? 0);
  const all = useConversations((state) => state.news?.automations ?? NONE);
  const workspace = accounts.find(({ id }) => id === person.accountId)?.workspaceId;
  const automations = all.filter(
    (one) => one.states.length > 0 && (!workspace || one.workspaceId === workspace),
  );
  const [chosen, setChosen] = useState(
    () => (automations.find(({ id }) => id === person.stands?.automationId) ?? automations[0])?.id,
  );
  const automation = automations.find(({ id }) => id === chosen);
  const [state, setState] = useState<Awaiting | null>(() => nextState(automation, person.stands));
  const ids = { automation: useId(), state: useId() };
  const { actions: t, waitsFor } = texts.conversations;
  const who = nameOf(person);
  const step =
    automation && (automation.states.find((one) => one === state) ?? automation.states[0]);
  return (
    <Dialog
      title={t.moveTitle(who)}
      onClose={onClose}
      testId="confirm-move"
      buttons={
        <>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button
            look="primary"
            disabled={busy || !automation || !step}
            data-testid="confirm"
            onClick={() => {
              if (!automation || !step) return;
              const change = { change: "move", automationId: automation.id, state: step } as const;
              void set(change, t.done.move(who, waitsFor[step], automation.name));
            }}
          >
            {busy ? t.busy : t.moveNow}
          </Button>
        </>
      }
    >
      {automations.length === 0 ? (
        <p>{t.noSteps}</p>
      ) : (
        <>
          <div className={styles.two}>
            <div>
              <label className={field.label} htmlFor={ids.automation}>
                {t.moveTo}
              </label>
              <select
                id={ids.automation}
                className={field.select}
                value={chosen}
                data-autofocus
                data-testid="move-automation"
                onChange={(event) => setChosen(event.target.value)}
              >
                {automations.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
            <div>
              <label className={field.label} htmlFor={ids.state}>
                {t.moveStep}
              </label>
              <select
                id={ids.state}
                className={field.select}
                value={step}
                data-testid="move-state"
                onChange={(event) => setState(event.target.value as Awaiting)}
              >
                {(automation?.states ?? []).map((one) => (
                  <option key={one} value={one}>
                    {texts.awaitingShort[one]}
                  </option>
                ))}
              </select>
            </div>
          </div>
          {automation && step && (
            <p data-testid="move-what">
              {t.moveWhat(who, waitsFor[step], automation.name, span(life))}
            </p>
          )}
          {person.stands && (
            <p className={styles.quiet}>
              {t.moveInstead(
                waitsFor[person.stands.state],
                person.stands.automation ?? texts.conversations.deletedAutomation,
              )}
            </p>
          )}
          {automation && !automation.isActive && <p className={styles.warning}>{t.moveOff}</p>}
          <OnProfile />
        </>
      )}
      <Problem text={problem} />
    </Dialog>
  );
}

/** What they are most likely to be moved to: the step behind the one where they stand. */
function nextState(
  automation: KnownAutomation | undefined,
  stands: OpenedContact["person"]["stands"],
): Awaiting | null {
  const states = automation?.states ?? [];
  const at = stands ? states.indexOf(stands.state) : -1;
  return states[Math.min(at + 1, states.length - 1)] ?? null;
}
