import type { GuardLevel, SendAgainQuestion } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import queue from "../Queue.module.css";
import styles from "./Again.module.css";
import { useSends, useSendsStore } from "./context";
import { forWhom } from "./said";
import { useSendingAgain } from "./useSendingAgain";

/** What is asked before failed sends are sent again: who gets what, and what has changed. */
export function AgainAsk({ level }: { level: GuardLevel }) {
  const store = useSendsStore();
  const asked = useSends((state) => state.again);
  const { again } = useSendingAgain();
  if (!asked) return null;
  const { question, reason } = asked;
  const { ids } = question;
  const t = texts.queue.sends;
  const leave = () => store.getState().askAgain(null);
  return (
    <Dialog
      title={ids.length === 0 ? t.againNone : t.againTitle(ids.length)}
      onClose={leave}
      testId="queue-ask"
      buttons={
        ids.length === 0 ? (
          <Button data-autofocus onClick={leave}>
            {t.againClose}
          </Button>
        ) : (
          <>
            <Button look="quiet" data-autofocus onClick={leave}>
              {texts.queue.cancel}
            </Button>
            <Button
              look="primary"
              data-testid="queue-confirm"
              onClick={() => {
                leave();
                void again(ids);
              }}
            >
              {t.againConfirm(ids.length)}
            </Button>
          </>
        )
      }
    >
      {reason && <p className={queue.asked}>{texts.queue.retryReason(reason)}</p>}
      <Who question={question} />
      <Doubts question={question} />
      {ids.length > 0 && <How question={question} level={level} />}
    </Dialog>
  );
}

/** Who gets what. */
function Who({ question: { ids, rows } }: { question: SendAgainQuestion }) {
  const t = texts.queue.sends;
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys.
    <section className={styles.who} tabIndex={0} aria-label={t.againWho} data-testid="again-who">
      <ul>
        {rows.map(({ send, doubts }) => (
          <li key={send.id}>
            <span className={styles.name}>{forWhom(send)}</span>
            <span className={styles.text} title={send.what}>
              {send.text}
            </span>
            {doubts.length > 0 && (
              <span className={styles.doubt} title={doubts.map((one) => t.doubt[one]).join(" ")}>
                <Icon
                  name="warning"
                  size={12}
                  label={doubts.map((one) => t.doubt[one]).join(" ")}
                />
              </span>
            )}
          </li>
        ))}
      </ul>
      {ids.length > rows.length && (
        <p className={styles.more}>{t.againMore(ids.length - rows.length)}</p>
      )}
    </section>
  );
}

/** What there is to know of some of them, and which are left out. */
function Doubts({ question }: { question: SendAgainQuestion }) {
  const { ids, doubts, leftOut } = question;
  const t = texts.queue.sends;
  if (doubts.length + leftOut.length === 0) return null;
  return (
    <ul className={styles.lines}>
      {doubts.map(({ doubt, count }) => (
        <li key={doubt} data-kind="warning" data-testid={`again-${doubt}`}>
          <Icon name="warning" size={14} />
          {t.doubts[doubt](count, ids.length)}
        </li>
      ))}
      {leftOut.map(({ why, count }) => (
        <li key={why} data-testid={`again-${why}`}>
          <Icon name="minus" size={14} />
          {t.leftOut[why](count)}
        </li>
      ))}
    </ul>
  );
}

/** How they go out, and whether anybody is there who sends them. */
function How({ question, level }: { question: SendAgainQuestion; level: GuardLevel }) {
  const { senders, onlyHere } = question;
  const t = texts.queue.sends;
  return (
    <>
      <p className={queue.asked}>{level === "dry_run" ? t.againDry : t.againHow}</p>
      {senders === 0 && (
        <p className={styles.nobody} role="status" data-testid="again-nobody">
          <Icon name="warning" size={14} />
          {onlyHere ? t.againNotHere : t.againNobody}
        </p>
      )}
    </>
  );
}
