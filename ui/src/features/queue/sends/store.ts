/** What Queue shows of the sends that failed for good: a page of them, one that is open, and
 * which are about to be forgotten or sent again. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Host, OutboxId, QueueNews, SendAgainQuestion, SendPage, SendRow } from "@/host";
import { PAGE } from "../store";

/** Those that are about to be forgotten. */
export interface Forgetting {
  ids: OutboxId[];
  /** Why all of them failed, where that is of a kind. */
  reason?: string;
}

/** What sending some of them again would do. */
export interface AskedAgain {
  question: SendAgainQuestion;
  /** Why all of them failed, where that is of a kind. */
  reason?: string;
}

export interface SendsState {
  /** The kind of reason that is listed; null: all. */
  reason: string | null;
  skip: number;
  page: SendPage | null;
  chosen: OutboxId | null;
  opened: SendRow | null;
  forgetting: Forgetting | null;
  again: AskedAgain | null;

  /** Reads what is listed anew. */
  told(news: QueueNews): void;
  /** Another profile is in front: its sends are others. */
  anotherFront(): void;
  show(reason: string | null): void;
  turn(skip: number): void;
  choose(id: OutboxId): void;
  open(id: OutboxId): void;
  close(): void;
  ask(forgetting: Forgetting | null): void;
  askAgain(again: AskedAgain | null): void;
  /** These are not in the list any more. */
  forgot(ids: readonly OutboxId[]): void;
}

export type SendsStore = StoreApi<SendsState>;

export function createSends(host: Host): SendsStore {
  const { queue } = host;
  let asked = 0;
  let answered = 0;
  return createStore<SendsState>()((set, get) => {
    const read = async () => {
      asked += 1;
      const mine = asked;
      const { reason, skip } = get();
      try {
        const page = await queue.sends(reason, skip, PAGE);
        const now = get();
        if (now.reason !== reason || now.skip !== skip || mine <= answered) return;
        answered = mine;
        // What was the last page may have got empty meanwhile.
        if (page.rows.length === 0 && skip > 0) {
          set({ skip: Math.max(0, Math.floor((page.total - 1) / PAGE) * PAGE) });
          await read();
          return;
        }
        set({ page });
      } catch {
        // The news say why they cannot be read.
      }
    };
    return {
      reason: null,
      skip: 0,
      page: null,
      chosen: null,
      opened: null,
      forgetting: null,
      again: null,

      told: ({ sends }) => {
        const { reason } = get();
        const stands = reason === null || sends.groups.some((group) => group.reason === reason);
        if (!stands) set({ reason: null, skip: 0 });
        void read();
      },
      anotherFront: () => {
        // No answer to what was asked before is taken any more.
        answered = asked;
        set({ reason: null, skip: 0, page: null, forgetting: null, again: null });
        get().close();
      },
      show: (reason) => {
        set({ reason, skip: 0, page: null });
        void read();
      },
      turn: (skip) => {
        set({ skip: Math.max(0, skip) });
        void read();
      },
      choose: (id) => set({ chosen: id }),
      open: (id) => {
        const row = get().page?.rows.find((one) => one.id === id);
        set({ chosen: id, opened: row ?? null });
      },
      close: () => set({ chosen: null, opened: null }),
      ask: (forgetting) => set({ forgetting }),
      askAgain: (again) => set({ again }),
      forgot: (ids) => {
        const { opened } = get();
        if (opened && ids.includes(opened.id)) get().close();
        void read();
      },
    };
  });
}
