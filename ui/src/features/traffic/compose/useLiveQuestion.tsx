import { type ReactNode, useState } from "react";
import { useSession } from "@/features/session/context";
import { Button } from "@/shared/Button";
import { Dialog } from "@/shared/Dialog";
import { texts } from "@/texts";
import styles from "./Compose.module.css";
import type { Wherever } from "./Where";

/** The live profile that would handle what goes there; null where nobody is answered. */
export function useLiveProfile({ target }: Wherever): string | null {
  return useSession(({ connection }) =>
    connection?.level === "live" && target !== "url" ? connection.profile : null,
  );
}

interface About {
  where: Wherever;
  /** How many deliveries go again; null for a webhook that somebody wrote. */
  again: number | null;
  send: () => void;
}

interface LiveQuestion {
  /** Sends at once, or, where a live profile would handle it, once that is confirmed. */
  begin: () => void;
  /** To be drawn outside of a form: the keys that are pressed in it are its own. */
  question: ReactNode;
}

/** What real people get is not sent by a click that slipped. */
export function useLiveQuestion({ where, again, send }: About): LiveQuestion {
  const live = useLiveProfile(where);
  const [asked, setAsked] = useState<string | null>(null);
  // It is asked of this profile only, and only while it is live.
  if (asked !== null && asked !== live) setAsked(null);
  const leave = () => setAsked(null);
  const t = texts.traffic.live;
  return {
    begin: () => (live === null ? send() : setAsked(live)),
    question: asked !== null && asked === live && (
      <Dialog
        title={again === null ? t.sendTitle(asked) : t.replayTitle(again, asked)}
        onClose={leave}
        testId="traffic-live-ask"
        buttons={
          <>
            <Button look="quiet" data-autofocus onClick={leave}>
              {t.cancel}
            </Button>
            <Button
              look="primary"
              data-testid="traffic-live-confirm"
              onClick={() => {
                leave();
                send();
              }}
            >
              {again === null ? t.send(asked) : t.replay(again, asked)}
            </Button>
          </>
        }
      >
        <p>{again === null ? t.sendWhat : t.replayWhat[where.freshness](again)}</p>
        <p className={styles.second}>{t.counts(asked)}</p>
      </Dialog>
    ),
  };
}
