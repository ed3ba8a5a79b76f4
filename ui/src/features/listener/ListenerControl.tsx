import { useRef, useState } from "react";
import { useSession } from "@/features/session/context";
import type { ListenerStatus } from "@/host";
import { Icon } from "@/shared/Icon";
import { Popover } from "@/shared/Popover";
import { texts } from "@/texts";
import styles from "./Listener.module.css";
import { ListenerPanel } from "./ListenerPanel";

/** The listener's state and address in the frame; its settings open from here. */
export function ListenerControl() {
  const status = useSession((session) => session.listener);
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  if (!status) return null;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className={styles.control}
        aria-haspopup="dialog"
        aria-expanded={open}
        title={texts.listener.open(texts.listener.state[status.state])}
        data-testid="listener"
        onClick={() => setOpen(!open)}
      >
        <Icon
          name={status.state === "failed" ? "failed" : "listener"}
          size={14}
          className={styles[status.state]}
        />
        <span>{texts.listener.label}</span>
        <span className={styles.address} data-testid="listener-address">
          {shortAddress(status)}
        </span>
      </button>
      <Popover
        anchor={anchor}
        open={open}
        onClose={() => setOpen(false)}
        label={texts.listener.title}
        width={440}
      >
        <ListenerPanel status={status} />
      </Popover>
    </>
  );
}

/** "127.0.0.1:8787", or its state in a word. */
export function shortAddress(status: ListenerStatus): string {
  if (status.state !== "running" || !status.address) {
    return texts.listener.state[status.state];
  }
  try {
    return new URL(status.address).host;
  } catch {
    return status.address;
  }
}
