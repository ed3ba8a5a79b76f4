import type { Automation, Effect, OutboxState } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { spoken } from "@/shared/time";
import { texts } from "@/texts";
import type { EffectStanding } from "./sends";
import styles from "./Why.module.css";

const STATE_ICON: Record<OutboxState, IconName> = {
  sent: "check",
  retrying: "retry",
  failed: "failed",
  unknown: "warning",
  dropped: "failed",
};

/** What was decided to be sent, and how each send stands. */
export function Effects({
  effects,
  automations,
}: {
  effects: readonly EffectStanding[];
  automations: Readonly<Record<string, Automation>>;
}) {
  if (effects.length === 0) return <p className={styles.quiet}>{texts.why.effectsNone}</p>;
  return (
    <ul className={styles.effects}>
      {effects.map(({ effect, state, error }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the effects of a decision never move.
        <li key={index} className={styles.effect}>
          <p className={styles.effectHead}>
            <b>{stepName(effect)}</b>
            {effect.effect === "send" && "comment" in effect.to && (
              <span className={styles.quiet}>{texts.why.sendTo}</span>
            )}
            <span
              className={styles.standing}
              data-state={state ?? "queued"}
              title={automations[effect.automationId]?.name}
            >
              <Icon name={state ? STATE_ICON[state] : "clock"} size={12} />
              {state
                ? texts.sends[state]
                : effect.effect === "send" && (effect.delayMs ?? 0) > 0
                  ? texts.why.delayed(spoken(effect.delayMs ?? 0))
                  : texts.why.queued}
            </span>
          </p>
          <p className={styles.preview}>{preview(effect)}</p>
          {error && <p className={`${styles.error} selectable`}>{error}</p>}
        </li>
      ))}
    </ul>
  );
}

function stepName(effect: Effect): string {
  switch (effect.effect) {
    case "send":
      return texts.steps[effect.step];
    case "reply_to_comment":
      return texts.steps.public_reply;
    case "react":
      return texts.steps.reaction;
  }
}

function preview(effect: Effect): string {
  switch (effect.effect) {
    case "reply_to_comment":
      return effect.text;
    case "react":
      return effect.reaction === "love" ? "❤️" : effect.reaction;
    case "send":
      switch (effect.message.type) {
        case "text":
        case "buttons":
          return effect.message.text;
        case "carousel":
          return effect.message.cards.map((card) => card.title).join(" · ");
        case "media":
          return texts.conversation.attachment(effect.message.kind);
      }
  }
}
