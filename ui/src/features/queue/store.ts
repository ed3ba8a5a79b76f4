/** What Queue shows: how it stands, the jobs of a state, one that is open, what is asked. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Host, JobChoice, JobId, JobPage, JobsIn, OpenedJob, QueueNews } from "@/host";
import { HostError } from "@/host";

/** Rows of a page. */
export const PAGE = 100;

/** What is asked before it is done. */
export type Question =
  | { ask: "retry" | "promote"; choice: JobChoice; count: number; reason?: string }
  | { ask: "discard"; from: JobsIn; choice: JobChoice; count: number; reason?: string }
  | { ask: "pause" }
  | { ask: "merge" };

export interface QueueState {
  news: QueueNews | null;
  tab: JobsIn;
  /** Whether the sends that failed are shown in place of the jobs of a state. */
  sends: boolean;
  /** Of those that failed, the kind of reason that is listed; null: all. */
  reason: string | null;
  skip: number;
  page: JobPage | null;
  chosen: JobId | null;
  /** Those that are moved together, on whichever page they stand. */
  marked: ReadonlySet<JobId>;
  opened: OpenedJob | null;
  /** What is open has left the queue. */
  gone: boolean;
  failure: HostError | null;
  question: Question | null;

  /** Told by the host; the page and the job that is open are read again. */
  told(news: QueueNews): void;
  /** Another profile is in front: its jobs are others. */
  anotherFront(): void;
  show(tab: JobsIn, reason?: string | null): void;
  showSends(): void;
  turn(skip: number): void;
  choose(id: JobId): void;
  /** Marks a job, or takes its mark away. */
  mark(id: JobId): void;
  /** Marks all rows from the chosen one to this one, which becomes the chosen one. */
  markTo(id: JobId): void;
  markPage(): void;
  unmark(): void;
  open(id: JobId): Promise<void>;
  close(): void;
  ask(question: Question | null): void;
}

export type QueueStore = StoreApi<QueueState>;

export function createQueue(host: Host): QueueStore {
  const { queue } = host;
  let asked = 0;
  let answered = 0;
  return createStore<QueueState>()((set, get) => {
    const readPage = async () => {
      asked += 1;
      const mine = asked;
      const { tab, reason, skip } = get();
      // Servers that are far away may take longer than the second between two questions.
      const isWanted = () => {
        const now = get();
        const isSame = now.tab === tab && now.reason === reason && now.skip === skip;
        return isSame && mine > answered;
      };
      try {
        const page = await queue.jobs(tab, reason, skip, PAGE);
        if (!isWanted()) return;
        answered = mine;
        // What was the last page may have got empty meanwhile.
        if (page.rows.length === 0 && skip > 0) {
          set({ skip: Math.max(0, Math.floor((page.total - 1) / PAGE) * PAGE) });
          await readPage();
          return;
        }
        set({ page });
      } catch {
        // The news say why the queue cannot be read.
      }
    };
    const readOpened = async (id: JobId) => {
      try {
        const opened = await queue.job(id);
        if (get().chosen === id) set({ opened, gone: false, failure: null });
      } catch (thrown) {
        if (get().chosen !== id) return;
        const failure = HostError.from(thrown);
        if (failure.code === "not_found" && get().opened?.row.id === id) set({ gone: true });
        else if (get().opened?.row.id !== id) set({ failure });
      }
    };
    return {
      news: null,
      tab: "failed",
      sends: false,
      reason: null,
      skip: 0,
      page: null,
      chosen: null,
      marked: new Set(),
      opened: null,
      gone: false,
      failure: null,
      question: null,

      told: (news) => {
        const { reason, opened } = get();
        const stands = reason === null || news.reasons.groups.some((one) => one.reason === reason);
        set(stands ? { news } : { news, reason: null, skip: 0 });
        if (get().sends) return;
        void readPage();
        if (opened) void readOpened(opened.row.id);
      },
      anotherFront: () => {
        // No answer to what was asked before is taken any more.
        answered = asked;
        set({ news: null, reason: null, skip: 0, page: null, marked: new Set(), question: null });
        get().close();
      },
      show: (tab, reason = null) => {
        set({ tab, sends: false, reason, skip: 0, page: null, marked: new Set() });
        void readPage();
      },
      showSends: () => set({ sends: true, marked: new Set() }),
      turn: (skip) => {
        set({ skip: Math.max(0, skip) });
        void readPage();
      },
      choose: (id) => set({ chosen: id }),
      mark: (id) => {
        const marked = new Set(get().marked);
        if (!marked.delete(id)) marked.add(id);
        set({ marked: isMarkable(get().tab) ? marked : new Set() });
      },
      markTo: (id) => {
        const { page, chosen, marked, tab } = get();
        const rows = page?.rows ?? [];
        const to = rows.findIndex((row) => row.id === id);
        const at = rows.findIndex((row) => row.id === chosen);
        const from = at < 0 ? to : at;
        const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
        const all = isMarkable(tab) ? [...marked, ...range.map((row) => row.id)] : [];
        set({ chosen: id, marked: new Set(all) });
      },
      markPage: () => {
        const { page, marked, tab } = get();
        if (isMarkable(tab)) {
          set({ marked: new Set([...marked, ...(page?.rows ?? []).map((row) => row.id)]) });
        }
      },
      unmark: () => set({ marked: new Set() }),
      open: async (id) => {
        const same = get().opened?.row.id === id;
        set({ chosen: id, failure: null, gone: false, opened: same ? get().opened : null });
        await readOpened(id);
      },
      close: () => set({ chosen: null, opened: null, failure: null, gone: false }),
      ask: (question) => set({ question }),
    };
  });
}

/** Whether jobs in this state can be moved. */
export function isMarkable(tab: JobsIn): boolean {
  return tab === "failed" || tab === "waiting" || tab === "delayed";
}

/** Why nothing can be moved now; null where it can. */
export function isOnlyLooking(news: QueueNews | null): boolean {
  return news?.level === "observe";
}
