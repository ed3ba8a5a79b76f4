import type { ReactNode } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import type { QueueNews, SendRow } from "@/host";
import { ActionButtons } from "@/shared/ActionButtons";
import { IconButton } from "@/shared/Button";
import { indented } from "@/shared/json";
import pane from "@/shared/Pane.module.css";
import { exactTime, hoverTime } from "@/shared/time";
import { texts } from "@/texts";
import styles from "../JobDetail.module.css";
import { useSends, useSendsStore } from "./context";
import { resultOf } from "./SendList";
import { forWhom, saidBy } from "./said";
import { useSendActions } from "./sendActions";

/** A send opened: for whom it was, what it says, why it failed, and what can be done. */
export function SendDetail({ news }: { news: QueueNews }) {
  const store = useSendsStore();
  const opened = useSends((state) => state.opened);
  const t = texts.queue.sends;
  if (!opened) return null;
  const whole = JSON.stringify(opened, null, 2);
  const said = saidBy(opened.effect);
  return (
    <section className={styles.side} aria-label={t.label} data-testid="queue-send-detail">
      <header className={pane.head}>
        <h2 className={pane.title}>{t.to(forWhom(opened))}</h2>
        <IconButton
          icon="close"
          label={t.close}
          data-testid="queue-send-close"
          onClick={() => {
            store.getState().close();
            document.querySelector<HTMLElement>('[data-testid="queue-sends"]')?.focus();
          }}
        />
      </header>
      {opened.uncertain && (
        <p className={styles.gone} role="status" data-testid="queue-send-uncertain">
          {t.uncertain}
        </p>
      )}
      <Actions opened={opened} news={news} whole={whole} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys. */}
      <section className={styles.body} tabIndex={0} aria-label={t.whole}>
        <Facts opened={opened} />
        <section>
          <div className={styles.blockHead}>
            <h3 className={pane.section}>{t.said}</h3>
            <CopyButton small text={said.text} label={t.copySaid} />
          </div>
          <pre className={`${styles.text} selectable`} data-testid="queue-send-text">
            {said.text}
          </pre>
          {said.buttons.length > 0 && (
            <p className={`${styles.quiet} selectable`}>{t.buttons(said.buttons.join(" · "))}</p>
          )}
        </section>
        <details className={styles.earlier}>
          <summary>{t.json}</summary>
          <pre className={`${styles.text} selectable`}>
            {indented(JSON.stringify(opened.effect))}
          </pre>
        </details>
      </section>
    </section>
  );
}

interface ActionsProps {
  opened: SendRow;
  news: QueueNews;
  whole: string;
}

function Actions({ opened, news, whole }: ActionsProps) {
  const actionsOf = useSendActions(news);
  return (
    <div className={styles.actions}>
      <ActionButtons actions={actionsOf(opened)} />
      <CopyButton label={texts.queue.job.copyAll} text={whole} testId="queue-send-copy" />
    </div>
  );
}

function Facts({ opened }: { opened: SendRow }) {
  const t = texts.queue.sends;
  const { error, contact, contactId, account, accountId } = opened;
  return (
    <dl className={styles.facts}>
      <Fact name={t.result}>{t.results[resultOf(opened)]}</Fact>
      {error && (
        <Fact name={t.why}>
          <span className={styles.reason} data-testid="queue-send-error">
            {error.message}
          </span>
        </Fact>
      )}
      {error?.code != null && (
        <Fact name={t.code}>
          <span data-testid="queue-send-code">
            {[error.code, error.subcode].filter((code) => code != null).join("/")}
          </span>
        </Fact>
      )}
      <Fact name={t.who}>
        {contact && `${contact} · `}
        {contactId === null ? t.nobody : <code>{contactId}</code>}
      </Fact>
      <Fact name={t.account}>
        {account && `${account} · `}
        <code>{accountId}</code>
      </Fact>
      <Fact name={t.what}>
        {opened.automation ? t.of(opened.what, opened.automation) : opened.what}
      </Fact>
      <Fact name={texts.queue.job.attempts}>{opened.attempts}</Fact>
      <Fact name={t.when}>
        <time title={hoverTime(opened.at)}>{exactTime(opened.at)}</time>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="selectable">{children}</dd>
    </>
  );
}
