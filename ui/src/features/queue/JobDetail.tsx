import type { ReactNode } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import type { OpenedJob, QueueNews } from "@/host";
import { ActionButtons } from "@/shared/ActionButtons";
import { IconButton } from "@/shared/Button";
import { indented } from "@/shared/json";
import pane from "@/shared/Pane.module.css";
import { exactTime, hoverTime, spoken } from "@/shared/time";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./JobDetail.module.css";
import { useJobActions } from "./jobActions";

/** A job opened: what it carries, how its tries went, and what can be done with it. */
export function JobDetail({ news }: { news: QueueNews }) {
  const store = useQueueStore();
  const chosen = useQueue((state) => state.chosen);
  const opened = useQueue((state) => state.opened);
  const gone = useQueue((state) => state.gone);
  const failure = useQueue((state) => state.failure);
  const t = texts.queue.job;
  if (!opened && !failure) return null;
  return (
    <section className={styles.side} aria-label={t.label} data-testid="queue-job">
      <header className={pane.head}>
        <h2 className={pane.title}>{t.title(opened?.row.id ?? chosen ?? "")}</h2>
        <IconButton
          icon="close"
          label={t.close}
          data-testid="queue-job-close"
          onClick={() => {
            store.getState().close();
            document.querySelector<HTMLElement>('[data-testid="queue-list"]')?.focus();
          }}
        />
      </header>
      {failure ? (
        <div className={pane.empty} role="alert">
          <p className="selectable">{failure.message}</p>
        </div>
      ) : (
        opened && (
          <>
            {gone && (
              <p className={styles.gone} role="status" data-testid="queue-job-gone">
                {t.gone}
              </p>
            )}
            <Actions opened={opened} news={news} gone={gone} />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys. */}
            <section className={styles.body} tabIndex={0} aria-label={t.whole}>
              <Facts opened={opened} />
              <Texts opened={opened} />
            </section>
          </>
        )
      )}
    </section>
  );
}

interface ActionsProps {
  opened: OpenedJob;
  news: QueueNews;
  gone: boolean;
}

function Actions({ opened, news, gone }: ActionsProps) {
  const actionsOf = useJobActions(news);
  const { row, state } = opened;
  return (
    <div className={styles.actions}>
      <ActionButtons actions={actionsOf(row, gone ? null : state)} />
      <CopyButton
        label={texts.queue.job.copyAll}
        text={JSON.stringify(opened, null, 2)}
        testId="queue-copy"
      />
    </div>
  );
}

function Facts({ opened }: { opened: OpenedJob }) {
  const { row, state } = opened;
  const t = texts.queue.job;
  const took = row.startedAt !== null && row.endedAt !== null ? row.endedAt - row.startedAt : null;
  return (
    <dl className={styles.facts}>
      <Fact name={t.state}>
        {state ? (
          <span className={styles.state} data-state={state}>
            {texts.queue.states[state]}
          </span>
        ) : (
          t.nowhere
        )}
      </Fact>
      {row.reason && (
        <Fact name={t.reason}>
          <span className={`${styles.reason} selectable`} data-testid="queue-job-reason">
            {row.reason}
          </span>
        </Fact>
      )}
      <Fact name={t.attempts}>
        {opened.mostAttempts === null
          ? row.attempts
          : t.attemptsOf(row.attempts, opened.mostAttempts)}
      </Fact>
      {row.name && <Fact name={t.name}>{row.name}</Fact>}
      <Time name={t.added} at={row.addedAt} />
      <Time name={t.started} at={row.startedAt} />
      <Time name={t.ended} at={row.endedAt} more={took === null ? "" : t.took(spoken(took))} />
      {state === "delayed" && <Time name={t.due} at={row.dueAt} />}
      {opened.worker && <Fact name={t.worker}>{opened.worker}</Fact>}
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

function Time({ name, at, more = "" }: { name: string; at: number | null; more?: string }) {
  if (at === null) return null;
  return (
    <Fact name={name}>
      <time title={hoverTime(at)}>{exactTime(at)}</time>
      {more && <span className={styles.quiet}> · {more}</span>}
    </Fact>
  );
}

/** What is long: stacks, log, result, data. */
function Texts({ opened }: { opened: OpenedJob }) {
  const t = texts.queue.job;
  const [stack, ...earlier] = opened.stacks;
  return (
    <>
      {stack && (
        <Block title={t.stack}>
          <pre className={`${styles.text} selectable`} data-testid="queue-job-stack">
            {stack}
          </pre>
        </Block>
      )}
      {earlier.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tries have no name but their place.
        <details key={index} className={styles.earlier}>
          <summary>{t.stackEarlier(index + 1)}</summary>
          <pre className={`${styles.text} selectable`}>{text}</pre>
        </details>
      ))}
      {opened.logs.length > 0 && (
        <Block title={t.logs}>
          {opened.logsLeftOut > 0 && (
            <p className={styles.quiet}>{t.logsMore(opened.logsLeftOut)}</p>
          )}
          <pre className={`${styles.text} selectable`}>{opened.logs.join("\n")}</pre>
        </Block>
      )}
      {opened.result && (
        <Block title={t.result}>
          <pre className={`${styles.text} selectable`}>{indented(opened.result)}</pre>
        </Block>
      )}
      <Block title={t.data} actions={<CopyButton small text={opened.data} label={t.copyData} />}>
        <pre className={`${styles.text} selectable`} data-testid="queue-job-data">
          {indented(opened.data)}
        </pre>
      </Block>
      {opened.body !== null && (
        <details className={styles.earlier}>
          <summary>{t.webhook}</summary>
          <div className={styles.blockHead}>
            <CopyButton small text={opened.body} label={t.copyWebhook} />
          </div>
          <pre className={`${styles.text} selectable`}>{indented(opened.body)}</pre>
        </details>
      )}
    </>
  );
}

interface BlockProps {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

function Block({ title, actions, children }: BlockProps) {
  return (
    <section>
      <div className={styles.blockHead}>
        <h3 className={pane.section}>{title}</h3>
        {actions}
      </div>
      {children}
    </section>
  );
}
