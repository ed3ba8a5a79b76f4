import { CopyButton } from "@/features/session/CopyButton";
import type { ListenerStatus, SelfCheck } from "@/host";
import { Button } from "@/shared/Button";
import { Icon } from "@/shared/Icon";
import { texts } from "@/texts";
import { FIELDS } from "@/texts/tunnel";
import { useTunnel, useTunnelStore } from "./context";
import { urlOf } from "./store";
import styles from "./Tunnel.module.css";

/** The three things that Meta's dashboard asks for, and trying what it will do. */
export function ForMeta({ listener }: { listener: ListenerStatus }) {
  const store = useTunnelStore();
  const url = useTunnel((state) => urlOf(state.news));
  const checked = useTunnel((state) => state.checked);
  const checking = useTunnel((state) => state.checking);
  const t = texts.tunnel.meta;
  const callback = url === null ? null : `${url}${pathOf(listener)}`;
  return (
    <section className={styles.part} aria-labelledby="tunnel-meta">
      <h3 id="tunnel-meta">{t.title}</h3>
      <p className={styles.hint}>{t.hint}</p>
      <ol className={styles.things}>
        <li className={styles.row}>
          <span className={styles.name}>{t.callback}</span>
          {callback === null ? (
            <span className={styles.absent}>{t.whenUp}</span>
          ) : (
            <>
              <code className="selectable" data-testid="tunnel-callback">
                {callback}
              </code>
              <CopyButton small text={callback} label={t.copyCallback} />
            </>
          )}
        </li>
        <li className={styles.row}>
          <span className={styles.name}>{t.token}</span>
          <code className="selectable">{listener.verifyToken}</code>
          <CopyButton small text={listener.verifyToken} label={t.copyToken} />
        </li>
        <li className={styles.row}>
          <span className={styles.name}>{t.fields}</span>
          <code className="selectable">{FIELDS.join(", ")}</code>
          <CopyButton small text={FIELDS.join(",")} label={t.copyFields} />
        </li>
      </ol>
      <div className={styles.buttons}>
        <Button
          icon="check"
          disabled={callback === null || checking}
          title={callback === null ? t.whenUp : undefined}
          data-testid="tunnel-check"
          onClick={() => void store.getState().check()}
        >
          {checking ? texts.tunnel.check.running : texts.tunnel.check.run}
        </Button>
      </div>
      {checked && <Checked checked={checked} />}
    </section>
  );
}

/** What came back, one question after the other. */
function Checked({ checked }: { checked: SelfCheck }) {
  const t = texts.tunnel.check;
  return (
    <div className={styles.checked} role="status" data-testid="tunnel-checked">
      <b data-tone={checked.passed ? "good" : "failed"}>{checked.passed ? t.passed : t.failed}</b>
      <ol>
        {checked.steps.map((step) => (
          <li key={step.says} data-tone={step.good ? "good" : "failed"}>
            <Icon
              name={step.good ? "check" : "failed"}
              label={step.good ? t.good : t.bad}
              size={14}
            />
            <span className="selectable">
              {step.says} {step.advice}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The webhook's path of the listener that runs, or the usual one. */
export function pathOf(listener: ListenerStatus): string {
  try {
    return new URL(listener.address ?? "").pathname;
  } catch {
    return "/api/webhooks/instagram";
  }
}
