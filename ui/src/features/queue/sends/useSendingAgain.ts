/** Sends failed sends again, and says what came of it. */

import { useStores } from "@/features/session/context";
import type { OutboxId, SendChoice } from "@/host";
import { texts } from "@/texts";
import { useTrying } from "../useTrying";
import { useSendsStore } from "./context";

export interface SendAgainWith {
  /** Asks whether to send them again, after looking what that would do. */
  askAgain(choice: SendChoice, reason?: string): Promise<void>;
  again(ids: OutboxId[]): Promise<void>;
}

export function useSendingAgain(): SendAgainWith {
  const { session } = useStores();
  const store = useSendsStore();
  const { host, tell } = session.getState();
  const t = texts.queue.sends;
  const trying = useTrying();
  return {
    askAgain: (choice, reason) =>
      trying(async (stays) => {
        const question = await host.queue.askAgain(choice);
        if (!stays()) return;
        const isNone =
          question.ids.length === 0 && question.leftOut.every(({ why }) => why === "gone");
        if (isNone) tell({ kind: "note", text: t.noneLeft });
        else store.getState().askAgain(reason === undefined ? { question } : { question, reason });
      }),
    again: (ids) =>
      trying(async () => {
        const { moved, of } = await host.queue.sendAgain(ids);
        store.getState().forgot(ids);
        const rest = moved < of ? t.againRest(of - moved) : "";
        tell({ kind: "note", text: t.sentAgain(moved) + rest });
      }),
  };
}
