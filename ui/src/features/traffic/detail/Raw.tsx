import { useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import type { OpenedDelivery, SignatureState } from "@/host";
import { Icon, type IconName } from "@/shared/Icon";
import { indented } from "@/shared/json";
import pane from "@/shared/Pane.module.css";
import { Segments } from "@/shared/Segments";
import { texts } from "@/texts";
import styles from "./Delivery.module.css";

type Form = "formatted" | "received";

const WEIGHT: Record<SignatureState, "good" | "quiet" | "failed"> = {
  good: "good",
  unchecked: "quiet",
  missing: "failed",
  malformed: "failed",
  body_changed: "failed",
  other_secret: "failed",
  wrong_secret: "failed",
};
const ICON: Record<"good" | "quiet" | "failed", IconName> = {
  good: "check",
  quiet: "minus",
  failed: "lock",
};

/** Signature, headers and body, byte for byte. */
export function Raw({ opened }: { opened: OpenedDelivery }) {
  const [form, setForm] = useState<Form>("formatted");
  const t = texts.traffic.raw;
  const { signature, headers, body } = opened;
  const weight = WEIGHT[signature.state];
  return (
    <>
      <h3 className={pane.section}>{t.signature}</h3>
      <p className={styles.signature} data-weight={weight} data-testid="traffic-signature">
        <Icon name={ICON[weight]} size={14} />
        <b>{texts.traffic.signatures[signature.state]}</b>
      </p>
      <p className={`${styles.advice} selectable`}>{signature.advice}</p>

      <h3 className={pane.section}>{t.headers}</h3>
      {headers.length === 0 ? (
        <p className={styles.quiet}>
          {opened.source === "listener"
            ? t.headersGone
            : opened.source === "worker"
              ? t.headersElsewhere
              : t.headersNone}
        </p>
      ) : (
        <table className={styles.headers}>
          <tbody>
            {opened.peer && (
              <tr>
                <th scope="row">{t.peer}</th>
                <td className="selectable">{opened.peer}</td>
              </tr>
            )}
            {headers.map(({ name, value }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a header may be there twice.
              <tr key={index}>
                <th scope="row">{name}</th>
                <td className="selectable">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}

      <div className={styles.bodyHead}>
        <h3 className={pane.section}>
          {t.body} · {t.bytes(opened.bodyBytes)}
        </h3>
        {body !== null && (
          <>
            <Segments
              label={t.body}
              value={form}
              segments={[
                { value: "formatted", label: t.formatted },
                { value: "received", label: t.asReceived, testId: "traffic-as-received" },
              ]}
              onChange={setForm}
            />
            <CopyButton small text={body} label={t.copyBody} />
          </>
        )}
      </div>
      {body === null ? (
        <p className={styles.quiet}>
          {opened.deliveryId === null
            ? t.bodyNone
            : opened.worker === null
              ? t.bodyElsewhere
              : t.bodyNotTold}
        </p>
      ) : (
        <pre className={`${styles.json} selectable`} data-testid="traffic-body">
          {form === "formatted" ? indented(body) : body}
        </pre>
      )}
    </>
  );
}
