import { AWAITING_CLASS, AWAITING_ICON } from "@/features/people/StateMark";
import { useOpened } from "@/features/session/context";
import type { Automation, Message, StepName } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { countdown, hoverTime, spoken } from "@/shared/time";
import { texts } from "@/texts";
import styles from "./Flow.module.css";
import type { Flow, FlowStep, RunOutcome } from "./model";
import type { Gate } from "./steps";
import { parted } from "./variables";

const STEP_ICON: Record<StepName, IconName> = {
  public_reply: "comment",
  reaction: "heart",
  opening: "tap",
  follow: "follow",
  email: "email",
  main: "flag",
};

/** Trigger, steps and gates from top to bottom, with the present one lit. */
export function FlowDiagram({
  automation,
  flow,
  now,
}: {
  automation: Automation;
  flow: Flow;
  now: number;
}) {
  return (
    <ol className={styles.diagram} aria-label={texts.flow.title}>
      <li className={styles.node}>
        <TriggerCard automation={automation} />
      </li>
      {flow.steps.length === 0 && (
        <li className={styles.node}>
          <p className={styles.hint}>{texts.flow.noSteps}</p>
        </li>
      )}
      {flow.steps.map((step) => (
        <li key={step.name} className={styles.node}>
          <StepCard step={step} />
          {step.gate && <GatePill gate={step.gate} now={now} />}
        </li>
      ))}
      {flow.steps.length > 0 && (
        <li className={styles.node}>
          <End outcome={flow.outcome} />
        </li>
      )}
    </ol>
  );
}

function TriggerCard({ automation }: { automation: Automation }) {
  const { trigger, target } = automation;
  const media = typeof target === "object" ? target.media : null;
  const title = useOpened((opened) => (media ? (opened.media[media]?.title ?? media) : null));
  return (
    <div className={`${styles.card} ${styles.trigger}`}>
      <p className={styles.cardHead}>
        <Icon name="bolt" size={14} />
        <span className={styles.cardTitle}>{texts.flow.trigger}</span>
        <span className={styles.hint}>
          {title ? texts.flow.targetMedia(title) : texts.flow.target[automation.type]}
        </span>
      </p>
      <div className={styles.keywords}>
        {trigger.mode === "any_reply" ? (
          <span className={styles.says}>{texts.flow.anyReply[automation.type]}</span>
        ) : (
          (trigger.keywords ?? []).map((keyword) => (
            <span key={`${keyword.text}-${keyword.match}`} className={styles.keyword}>
              {keyword.text}
              <span className={styles.hint}>{texts.matches[keyword.match ?? "whole_word"]}</span>
            </span>
          ))
        )}
      </div>
      {trigger.includeReplies && automation.type === "comment_reply_flow" && (
        <p className={styles.hint}>{texts.flow.repliesToo}</p>
      )}
    </div>
  );
}

function StepCard({ step }: { step: FlowStep }) {
  return (
    <div
      className={`${styles.card} ${styles[step.status]}`}
      aria-current={step.status === "current" ? "step" : undefined}
      data-testid={`step-${step.name}`}
      data-status={step.status}
    >
      <p className={styles.cardHead}>
        <Icon name={STEP_ICON[step.name]} size={14} />
        <span className={styles.cardTitle}>{texts.steps[step.name]}</span>
        {step.delaySeconds > 0 && (
          <span className={styles.hint}>{texts.flow.delay(spoken(step.delaySeconds * 1000))}</span>
        )}
        {step.oneOf !== null && <span className={styles.hint}>{texts.flow.oneOf(step.oneOf)}</span>}
        <StepMark step={step} />
      </p>
      {step.status !== "off" &&
        step.says.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a step have no ids.
          <Says key={index} message={message} />
        ))}
    </div>
  );
}

function StepMark({ step }: { step: FlowStep }) {
  switch (step.status) {
    case "passed":
    case "current":
      return <SendMark send={step.send} />;
    case "skipped":
      return <span className={styles.mark}>{texts.flow.skipped}</span>;
    case "off":
      return <span className={styles.mark}>{texts.flow.stepOff}</span>;
    case "ahead":
      return null;
  }
}

function SendMark({ send }: { send: FlowStep["send"] }) {
  switch (send) {
    case null:
      return null;
    case "sent":
      return (
        <span className={styles.sent}>
          <Icon name="check" size={12} />
          {texts.sends.sent}
        </span>
      );
    case "queued":
    case "retrying":
      return (
        <span className={`${styles.sent} ${styles.onItsWay}`}>
          <Icon name="clock" size={12} />
          {texts.why.queued}
        </span>
      );
    case "failed":
    case "dropped":
    case "unknown":
      return (
        <span className={`${styles.sent} ${styles.notSent}`}>
          <Icon name="failed" size={12} />
          {texts.sends[send]}
        </span>
      );
  }
}

function Says({ message }: { message: Message }) {
  switch (message.type) {
    case "text":
      return (
        <div className={styles.says}>
          <Words text={message.text} />
          {(message.quickReplies ?? []).length > 0 && (
            <Titles titles={(message.quickReplies ?? []).map((reply) => reply.title)} />
          )}
        </div>
      );
    case "buttons":
      return (
        <div className={styles.says}>
          <Words text={message.text} />
          <Titles titles={message.buttons.map((button) => button.title)} />
        </div>
      );
    case "carousel":
      return <Titles titles={message.cards.map((card) => card.title)} cards />;
    case "media":
      return (
        <p className={`${styles.says} ${styles.mediaLine}`}>
          <Icon name={message.kind} size={14} />
          {texts.conversation.attachment(message.kind)}
        </p>
      );
  }
}

/** A text with its variables told apart from its words. */
function Words({ text }: { text: string }) {
  return (
    <p className={styles.words}>
      {parted(text).map((part, index) =>
        part.variable ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no ids.
          <span key={index} className={styles.variable} title={part.hint ?? undefined}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}

function Titles({ titles, cards }: { titles: readonly string[]; cards?: boolean }) {
  return (
    <p className={styles.titles}>
      {titles.map((title, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: titles may repeat and never move.
        <span key={index} className={cards ? styles.cardLine : styles.buttonLine}>
          {title}
        </span>
      ))}
    </p>
  );
}

function GatePill({ gate, now }: { gate: Gate; now: number }) {
  const expires = gate.expiresAt !== null && gate.expiresAt > now ? gate.expiresAt - now : null;
  return (
    <div className={styles.gateLine}>
      <div
        className={`${styles.gate} ${AWAITING_CLASS[gate.awaiting]} ${gate.lit ? styles.lit : ""}`}
        data-testid={gate.lit ? "state-current" : undefined}
        data-state={gate.awaiting}
      >
        <Icon name={AWAITING_ICON[gate.awaiting]} size={14} />
        <span>{texts.flow.gate[gate.awaiting]}</span>
      </div>
      <div className={styles.exits}>
        {gate.lit && expires !== null && (
          <span
            className={styles.expires}
            title={gate.expiresAt === null ? undefined : hoverTime(gate.expiresAt)}
            data-testid="state-expires"
          >
            <Icon name="clock" size={12} />
            {texts.flow.expires(countdown(expires))}
          </span>
        )}
        {gate.lit && gate.asked !== null && gate.mostAsks !== null && (
          <span>{texts.flow.asked(gate.asked, gate.mostAsks)}</span>
        )}
        {!gate.lit && gate.mostAsks !== null && gate.whenExhausted !== null && (
          <span>{texts.flow.exhausted(gate.mostAsks, gate.whenExhausted)}</span>
        )}
        {!gate.lit && gate.verified && <span>{texts.flow.verify}</span>}
      </div>
    </div>
  );
}

const OUTCOME_CLASS: Record<RunOutcome, string | undefined> = {
  none: undefined,
  running: undefined,
  finished: styles.endGood,
  gave_up: styles.endWarning,
  expired: styles.endWarning,
  left: styles.endWarning,
  unsubscribed: styles.endWarning,
  stopped: styles.endWarning,
};

function End({ outcome }: { outcome: RunOutcome }) {
  const reached = outcome !== "none" && outcome !== "running";
  return (
    <div
      className={`${styles.end} ${OUTCOME_CLASS[outcome] ?? ""}`}
      data-testid="flow-end"
      data-outcome={outcome}
    >
      <Icon name={outcome === "finished" ? "check" : reached ? "warning" : "ring"} size={14} />
      {texts.flow.ended[outcome]}
    </div>
  );
}
