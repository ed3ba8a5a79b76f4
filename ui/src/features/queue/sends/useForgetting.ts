/** Takes failed sends off the list, and says what came of it. */

import { useStores } from "@/features/session/context";
import type { OutboxId, SendChoice } from "@/host";
import { texts } from "@/texts";
import { useTrying } from "../useTrying";
import { useSendsStore } from "./context";

export interface ForgetWith {
  /** Asks whether to forget sends, after looking which these are. */
  askForget(choice: SendChoice, reason?: string): Promise<void>;
  forget(ids: OutboxId[]): Promise<void>;
  /** Writes sends into a file; answers with what to say, or null where it went wrong. */
  save(ids: OutboxId[]): Promise<string | null>;
}

export function useForgetting(): ForgetWith {
  const { session } = useStores();
  const store = useSendsStore();
  const { host, tell } = session.getState();
  const t = texts.queue.sends;
  const trying = useTrying();
  return {
    askForget: (choice, reason) =>
      trying(async (stays) => {
        const ids = await host.queue.chooseSends(choice);
        if (!stays()) return;
        if (ids.length === 0) tell({ kind: "note", text: t.noneLeft });
        else store.getState().ask(reason === undefined ? { ids } : { ids, reason });
      }),
    forget: (ids) =>
      trying(async () => {
        const { moved, of } = await host.queue.forgetSends(ids);
        store.getState().forgot(ids);
        const rest = moved < of ? texts.queue.someGone(of - moved) : "";
        tell({ kind: "note", text: t.forgotten(moved) + rest });
      }),
    save: async (ids) => {
      let said: string | null = null;
      await trying(async () => {
        const { jobs, path } = await host.queue.writeSends(ids);
        said = t.saved(jobs, path);
      });
      return said;
    },
  };
}
