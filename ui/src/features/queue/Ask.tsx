import { useState } from "react";
import type { QueueNews } from "@/host";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import { useQueue, useQueueStore } from "./context";
import styles from "./Queue.module.css";
import type { Question } from "./store";
import { type Moving, useMoving } from "./useMoving";

/** So many are moved with one wish. */
const MOST = 100_000;

interface Wording {
  title: string;
  says: string[];
  confirm: string;
  danger: boolean;
  run: (moving: Moving) => Promise<void>;
}

/** What is asked before many jobs are moved, or the queue is paused for everybody. */
export function Ask({ news }: { news: QueueNews }) {
  const store = useQueueStore();
  const question = useQueue((state) => state.question);
  const moving = useMoving();
  if (!question) return null;
  const { title, says, confirm, danger, run } = wordingOf(question, news);
  const leave = () => store.getState().ask(null);
  return (
    <Dialog
      title={title}
      onClose={leave}
      testId="queue-ask"
      buttons={
        <>
          {question.ask === "discard" && <Save question={question} />}
          <Button look="quiet" data-autofocus onClick={leave}>
            {texts.queue.cancel}
          </Button>
          <Button
            look={danger ? "danger" : "primary"}
            data-testid="queue-confirm"
            onClick={() => {
              leave();
              void run(moving);
            }}
          >
            {confirm}
          </Button>
        </>
      }
    >
      {says.map((sentence) => (
        <p key={sentence} className={styles.asked}>
          {sentence}
        </p>
      ))}
    </Dialog>
  );
}

/** Writes what is about to be removed into a file. */
function Save({ question }: { question: Question & { ask: "discard" } }) {
  const { save } = useMoving();
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const t = texts.queue;
  const run = async () => {
    setBusy(true);
    setSaid(await save(question.from, question.choice));
    setBusy(false);
  };
  return (
    <>
      <span className={styles.save}>
        <Button icon="file" disabled={busy} data-testid="queue-save" onClick={() => void run()}>
          {busy ? t.saving : t.save}
        </Button>
      </span>
      <output className={`${styles.saved} selectable`} data-testid="queue-saved">
        {said}
      </output>
    </>
  );
}

function wordingOf(question: Question, news: QueueNews): Wording {
  const t = texts.queue;
  switch (question.ask) {
    case "retry": {
      const { choice, count, reason } = question;
      return {
        title: t.retryTitle(count),
        says: [
          ...(reason ? [t.retryReason(reason)] : []),
          t.retryWhat(count),
          ...(count >= MOST ? [t.movedMost(MOST)] : []),
          ...(news.level === "live" ? [t.retrySends] : []),
        ],
        confirm: t.retryConfirm(count),
        danger: false,
        run: (moving) => moving.retry(choice),
      };
    }
    case "discard": {
      const { from, choice, count, reason } = question;
      if (from !== "failed") {
        return {
          title: t.removeTitle(count),
          says: [
            t.removeWhat(count),
            t.removeAnswered,
            ...(news.figures?.paused ? [] : [t.removeMeanwhile]),
            ...(count >= MOST ? [t.removeMost(MOST)] : []),
            t.removeBack,
          ],
          confirm: t.removeConfirm(count),
          danger: true,
          run: (moving) => moving.discard(from, choice),
        };
      }
      return {
        title: t.discardTitle(count),
        says: [
          ...(reason ? [t.retryReason(reason)] : []),
          t.discardWhat(count),
          ...(count >= MOST ? [t.removeMost(MOST)] : []),
        ],
        confirm: t.discardConfirm(count),
        danger: true,
        run: (moving) => moving.discard(from, choice),
      };
    }
    case "promote": {
      const { choice, count } = question;
      return {
        title: t.promoteTitle(count),
        says: [t.promoteWhat, ...(count >= MOST ? [t.movedMost(MOST)] : [])],
        confirm: t.promoteConfirm(count),
        danger: false,
        run: (moving) => moving.promote(choice),
      };
    }
    case "pause":
      return {
        title: t.pauseTitle,
        says: [
          t.pauseWhat,
          t.pauseWhile,
          news.workers === null ? t.pauseHere : t.pauseThere,
          ...(news.figures?.warnings ?? []),
        ],
        confirm: t.pauseConfirm,
        danger: true,
        run: (moving) => moving.pause(),
      };
    case "merge": {
      const parked = news.figures?.parked ?? 0;
      const since = (news.figures?.waiting ?? 0) - parked;
      return {
        title: t.mergeTitle,
        says: [t.mergeWhat(parked, Math.max(0, since)), t.mergeHow],
        confirm: t.mergeConfirm,
        danger: true,
        run: (moving) => moving.resume(true),
      };
    }
  }
}
