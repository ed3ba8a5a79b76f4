import { useEffect, useState } from "react";
import { CopyButton } from "@/features/session/CopyButton";
import { useSession } from "@/features/session/context";
import { type DeliveryId, HostError } from "@/host";
import { Icon } from "@/shared/Icon";
import { indented } from "@/shared/json";
import { texts } from "@/texts";
import styles from "./Why.module.css";

type Body =
  | { state: "reading" }
  | { state: "read"; text: string }
  | { state: "gone" }
  | { state: "failed"; message: string };

/** The webhook behind a decision, read when it is unfolded. */
export function RawWebhook({ delivery }: { delivery: DeliveryId }) {
  const [open, setOpen] = useState(false);
  const [body, setBody] = useState<Body>({ state: "reading" });
  const host = useSession((session) => session.host);

  useEffect(() => {
    if (!open) return;
    let shown = true;
    host.deliveryBody(delivery).then(
      (text) => {
        if (shown)
          setBody(text === null ? { state: "gone" } : { state: "read", text: indented(text) });
      },
      (thrown: unknown) => {
        if (shown) setBody({ state: "failed", message: HostError.from(thrown).message });
      },
    );
    return () => {
      shown = false;
    };
  }, [open, host, delivery]);

  return (
    <div className={styles.raw}>
      <p className={styles.rawHead}>
        <button
          type="button"
          className={styles.unfold}
          aria-expanded={open}
          data-testid="raw-webhook"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "down" : "right"} size={12} />
          {texts.why.raw}
        </button>
        <span className={styles.quiet}>{texts.why.delivery(delivery)}</span>
        {open && body.state === "read" && <CopyButton text={body.text} label={texts.why.copy} />}
      </p>
      {open && <RawBody body={body} />}
    </div>
  );
}

function RawBody({ body }: { body: Body }) {
  switch (body.state) {
    case "reading":
      return <p className={styles.quiet}>{texts.why.loading}</p>;
    case "gone":
      return <p className={styles.quiet}>{texts.why.rawGone}</p>;
    case "failed":
      return <p className={styles.error}>{body.message}</p>;
    case "read":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key.
        <pre className={`${styles.json} selectable`} tabIndex={0} aria-label={texts.why.raw}>
          {body.text}
        </pre>
      );
  }
}
