import { useRef, useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { useSession } from "@/features/session/context";
import { type DeliveryId, HostError, type Replayed } from "@/host";
import { Button, IconButton } from "@/shared/Button";
import pane from "@/shared/Pane.module.css";
import { texts } from "@/texts";
import { useTrafficHost, useTrafficStore } from "../context";
import styles from "./Compose.module.css";
import { JsonEditor } from "./JsonEditor";
import { OutcomeOf } from "./OutcomeOf";
import { Templates } from "./Templates";
import { useChecked } from "./useChecked";
import { useLiveQuestion } from "./useLiveQuestion";
import { PLAIN, SIGNED, targetOf, Where, type Wherever } from "./Where";

interface ComposeProps {
  /** The delivery that is sent again; without one a webhook is composed. */
  delivery?: DeliveryId;
  begin?: string;
  /** Where it goes unless something else is chosen. */
  where?: Wherever;
}

/** Writes a webhook, or a delivery anew, and shows what came of it. */
export function Compose({ delivery, begin = "", where: first = PLAIN }: ComposeProps) {
  const store = useTrafficStore();
  const host = useTrafficHost();
  const listener = useSession((session) => session.listener);
  const tell = useSession((session) => session.tell);
  const [body, setBody] = useState(begin);
  const [where, setWhere] = useState<Wherever>(first);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [replayed, setReplayed] = useState<Replayed | null>(null);
  const checked = useChecked(body);
  const bottom = useRef<HTMLDivElement>(null);
  const t = texts.traffic.compose;
  const address = listener?.state === "running" ? listener.address : null;
  const stopped = where.target === "listener" && address === null;
  const target = targetOf(where, address);

  const send = async () => {
    if (!target) return;
    setBusy(true);
    setProblem(null);
    setReplayed(null);
    try {
      // What was not touched goes byte for byte, as the journal has it.
      const answer = await host.send({
        deliveryId: delivery ?? null,
        body: delivery !== undefined && body === begin ? null : body,
        freshness: where.freshness,
        target,
      });
      setReplayed(answer);
    } catch (thrown) {
      setProblem(HostError.from(thrown).message);
    } finally {
      setBusy(false);
      requestAnimationFrame(() => bottom.current?.scrollIntoView?.({ block: "nearest" }));
    }
  };
  const { begin: ask, question } = useLiveQuestion({
    where,
    again: delivery === undefined ? null : 1,
    send: () => void send(),
  });

  return (
    <>
      <form
        className={styles.compose}
        data-testid="traffic-compose"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            if (!busy && target && !checked?.problem) ask();
          }
        }}
      >
        <header className={pane.head}>
          <h2 className={pane.title}>
            {first === SIGNED
              ? t.signedTitle
              : delivery === undefined
                ? t.title
                : t.replayTitle(delivery)}
          </h2>
          <IconButton
            icon="close"
            label={t.close}
            data-testid="compose-close"
            onClick={() => {
              const { opened } = store.getState();
              store.getState().show({ shows: opened ? "delivery" : "nothing" });
            }}
          />
        </header>
        <div className={styles.body}>
          {first === SIGNED && (
            <p className={styles.problem} role="note" data-testid="compose-untrusted">
              {t.untrusted}
            </p>
          )}
          {delivery === undefined && first !== SIGNED && (
            <Templates onChoose={(template) => setBody(template.body)} />
          )}
          <JsonEditor value={body} checked={checked} onChange={setBody} />
          <Where where={where} stopped={stopped} onChange={setWhere} />
          <div ref={bottom} aria-live="polite">
            {problem && (
              <p
                className={`${styles.problem} selectable`}
                role="alert"
                data-testid="compose-problem"
              >
                {problem}
              </p>
            )}
            {replayed && <OutcomeOf replayed={replayed} />}
          </div>
        </div>
        <div className={styles.buttons}>
          <Button
            type="submit"
            look="primary"
            icon="send"
            disabled={busy || !target || !checked || checked.problem !== null}
            aria-keyshortcuts="Control+Enter"
            data-testid="compose-send"
          >
            {busy ? t.sending : t.send}
          </Button>
          <CopyButton
            label={texts.traffic.open.curl}
            disabled={checked?.problem !== null || (where.target === "url" && target === null)}
            testId="compose-curl"
            text={async () => {
              try {
                const to = target?.to === "url" && where.target === "url" ? target : null;
                const { line, isRunning } = await host.curl(
                  body,
                  where.freshness,
                  to?.url ?? null,
                  to?.secret ?? null,
                );
                if (!isRunning) tell({ kind: "note", text: texts.traffic.open.curlStopped });
                return line;
              } catch (thrown) {
                setProblem(HostError.from(thrown).message);
                return null;
              }
            }}
          />
        </div>
      </form>
      {question}
    </>
  );
}
