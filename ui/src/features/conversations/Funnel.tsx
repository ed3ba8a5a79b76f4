import { AWAITING_CLASS, AWAITING_ICON } from "@/features/people/StateMark";
import type { Awaiting } from "@/host";
import { Icon } from "@/shared/Icon";
import { count } from "@/shared/number";
import { texts } from "@/texts";
import styles from "./Conversations.module.css";
import { useConversations, useConversationsStore } from "./context";

const STATES: readonly { state: Awaiting; of: "opening" | "follow" | "email" }[] = [
  { state: "awaiting_opening_response", of: "opening" },
  { state: "awaiting_follow_confirmation", of: "follow" },
  { state: "awaiting_email", of: "email" },
];

/** How many wait for what, in the order of a conversation; each of them chooses its own. */
export function Funnel() {
  const store = useConversationsStore();
  const funnel = useConversations((state) => state.news?.funnel ?? null);
  const chosen = useConversations(({ look }) => (look.list === "standing" ? look.state : null));
  const most = Math.max(1, ...STATES.map(({ of }) => funnel?.[of] ?? 0));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of switches in a row has no element.
    <div role="group" className={styles.funnel} aria-label={texts.conversations.funnel.label}>
      {STATES.map(({ state, of }) => {
        const number = funnel?.[of] ?? 0;
        return (
          <button
            key={state}
            type="button"
            className={`${styles.stage} ${AWAITING_CLASS[state]}`}
            aria-pressed={chosen === state}
            title={texts.awaiting[state]}
            data-testid={`funnel-${of}`}
            onClick={() =>
              void store
                .getState()
                .change({ list: "standing", state: chosen === state ? null : state })
            }
          >
            <span
              className={styles.share}
              style={{ width: `${(100 * number) / most}%` }}
              aria-hidden="true"
            />
            <Icon name={AWAITING_ICON[state]} size={14} />
            <span className={styles.stageName}>{texts.awaitingShort[state]}</span>
            <b>{count(number)}</b>
          </button>
        );
      })}
    </div>
  );
}
