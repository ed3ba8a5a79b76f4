/** A queue that is made up once: for the browser and for tests. */

import type {
  JobChoice,
  JobPage,
  JobRow,
  JobsIn,
  JobWebhook,
  OpenedJob,
  QueueFigures,
  QueueNews,
  QueuePoint,
  ReasonGroup,
  SendAgainQuestion,
  SendGroup,
  SendRow,
} from "../bindings";
import { HostError } from "../host";
import type { QueueHost } from "../queue";

const AT = 1_790_000_000_000;

export const job = (id: string, change: Partial<JobRow> = {}): JobRow => ({
  id,
  name: "webhook",
  attempts: 0,
  reason: null,
  addedAt: AT,
  startedAt: null,
  endedAt: null,
  dueAt: null,
  deliveryId: null,
  webhook: null,
  ...change,
});

const asks = (contactId: string, text: string, more = 0): JobWebhook => ({
  kind: "dm_text",
  contactId,
  username: null,
  text,
  more,
});

const failed = (id: string, reason: string, change: Partial<JobRow> = {}) =>
  job(id, {
    attempts: 3,
    reason,
    startedAt: AT + 4_000,
    endedAt: AT + 4_200,
    deliveryId: Number(id),
    ...change,
  });

/** A send that failed for good. */
export const send = (id: number, error: string, change: Partial<SendRow> = {}): SendRow => ({
  id,
  accountId: "17841400000000001",
  account: "brewhaus",
  contactId: `1790000000000000${id}`,
  contact: null,
  automation: "Menu",
  what: "the main message",
  text: "Here is the menu",
  effect: {
    effect: "send",
    to: { contact: `1790000000000000${id}` },
    message: {
      type: "buttons",
      text: "Here is the menu",
      buttons: [{ title: "Open it", url: "https://example.com/menu" }],
    },
    automationId: "a1",
    step: "main",
  },
  at: AT + id * 1_000,
  uncertain: false,
  attempts: 1,
  error: { class: "permanent", code: 10, subcode: 2_534_022, message: error, retryAfterMs: null },
  deliveryId: id,
  ...change,
});

export interface QueueInMemory {
  /** What is known of sending failed sends again. */
  again?: Partial<SendAgainQuestion>;
  jobs?: Partial<Record<JobsIn, JobRow[]>>;
  sends?: SendRow[];
  news?: Partial<QueueNews>;
  figures?: Partial<QueueFigures>;
}

const JOBS: Record<JobsIn, JobRow[]> = {
  waiting: [
    job("8", { webhook: asks("17900000000000001", "price please") }),
    job("9", { addedAt: AT + 1_000, webhook: asks("17900000000000002", "is it open?", 2) }),
  ],
  active: [job("7", { startedAt: AT + 2_000 })],
  delayed: [job("6", { attempts: 1, reason: "the store was away", dueAt: AT + 60_000 })],
  failed: [
    failed("5", "connect ECONNREFUSED 127.0.0.1:27017"),
    failed("4", "connect ECONNREFUSED 127.0.0.1:27018"),
    failed("3", "no account 17841400000000001"),
  ],
  completed: [],
};

/** As the desk folds them, as far as these reasons go. */
const kindOf = (row: JobRow) => (row.reason ?? "").replace(/\d[\d.:]*\d/g, "…");

/** Moves are made on the lists; nothing is ever handed out. */
export function queueInMemory(given: QueueInMemory = {}): QueueHost {
  const jobs = structuredClone({ ...JOBS, ...given.jobs });
  const watchers = new Set<(news: QueueNews) => void>();
  let sends = structuredClone(given.sends ?? []);
  let kept: JobRow[] = [];
  let keptFrom: JobsIn = "failed";
  let paused = false;
  let number = 0;

  const groups = (): ReasonGroup[] => {
    const all = new Map<string, ReasonGroup>();
    for (const row of jobs.failed) {
      const reason = kindOf(row);
      const group = all.get(reason) ?? {
        reason,
        example: row.reason ?? "",
        count: 0,
        firstAt: row.endedAt,
        lastAt: row.endedAt,
      };
      all.set(reason, { ...group, count: group.count + 1 });
    }
    return [...all.values()].sort((a, b) => b.count - a.count);
  };
  const sendKind = ({ error }: SendRow) => error?.message ?? "";
  const sendGroups = (): SendGroup[] => {
    const all = new Map<string, SendGroup>();
    for (const row of sends) {
      const reason = sendKind(row);
      const group = all.get(reason) ?? {
        reason,
        example: row.error?.message ?? "",
        count: 0,
        uncertain: 0,
        firstAt: row.at,
        lastAt: row.at,
      };
      const uncertain = group.uncertain + (row.uncertain ? 1 : 0);
      all.set(reason, { ...group, count: group.count + 1, uncertain, firstAt: row.at });
    }
    return [...all.values()].sort((a, b) => b.count - a.count);
  };
  const news = (): QueueNews => {
    number += 1;
    return {
      number,
      level: "offline",
      figures: {
        waiting: jobs.waiting.length,
        active: jobs.active.length,
        delayed: jobs.delayed.length,
        failed: jobs.failed.length,
        completed: jobs.completed.length > 0 ? jobs.completed.length : null,
        oldestWaits: jobs.waiting.length > 0 ? 4_000 : null,
        oldestActive: jobs.active.length > 0 ? 2_000 : null,
        nextDue: jobs.delayed.length > 0 ? 56_000 : null,
        newestFailed: jobs.failed.length > 0 ? 3 * 60_000 : null,
        oldestFailed: jobs.failed.length > 0 ? 2 * 86_400_000 : null,
        paused,
        parked: 0,
        addedAMinute: 14,
        doneAMinute: 12,
        failedAMinute: 1,
        openedBy: null,
        warnings: [],
        ...given.figures,
      },
      history: Array.from(
        { length: 60 },
        (_, second): QueuePoint => ({
          at: AT + second * 1_000,
          waiting: Math.max(0, 20 - second),
          active: second % 3,
          delayed: 1,
          failed: second > 30 ? 3 : 0,
          done: second % 5,
        }),
      ),
      reasons: { groups: groups(), lookedAt: jobs.failed.length },
      sends: {
        count: sends.length,
        groups: sendGroups(),
        lookedAt: sends.length,
        trouble: null,
      },
      workers: null,
      kept: kept.length,
      trouble: null,
      ...given.news,
    };
  };
  const push = () => {
    for (const watcher of watchers) watcher(news());
  };
  const chosen = (state: JobsIn, choice: JobChoice) => {
    const like = choice.which === "like" && jobs[state].find(({ id }) => id === choice.id);
    return jobs[state].filter(
      (row) =>
        choice.which === "all" ||
        (choice.which === "some" && choice.ids.includes(row.id)) ||
        (like && row.name === like.name && kindOf(row) === kindOf(like)) ||
        (choice.which === "reason" && kindOf(row) === choice.reason),
    );
  };
  const move = (from: JobsIn, choice: JobChoice) => {
    const rows = chosen(from, choice);
    jobs[from] = jobs[from].filter((row) => !rows.includes(row));
    return rows;
  };
  const page = (state: JobsIn, rows: JobRow[], skip: number, most: number): JobPage => ({
    state,
    skip,
    total: rows.length,
    rows: rows.slice(skip, skip + most),
  });

  return {
    watch(onNews) {
      watchers.add(onNews);
      onNews(news());
      return () => {
        watchers.delete(onNews);
      };
    },
    jobs: async (state, reason, skip, most) => {
      const rows = jobs[state].filter((row) => reason === null || kindOf(row) === reason);
      return page(state, rows, skip, most);
    },
    job: async (id): Promise<OpenedJob> => {
      const states = Object.keys(jobs) as JobsIn[];
      const state = states.find((each) => jobs[each].some((row) => row.id === id));
      const row = state && jobs[state].find((each) => each.id === id);
      if (!state || !row) {
        throw new HostError({
          code: "not_found",
          message: `Job ${id} is not in the queue any more: it is done, or somebody removed it.`,
        });
      }
      return {
        row,
        state,
        data: '{"webhook":{"object":"instagram","entry":[{"id":"17841400000000001"}]}}',
        body: '{"object":"instagram","entry":[{"id":"17841400000000001"}]}',
        mostAttempts: 3,
        stacks: row.reason ? [`Error: ${row.reason}\n    at work (worker.mjs:20:11)`] : [],
        logs: row.reason ? ["looked up the account"] : [],
        logsLeftOut: 0,
        worker: row.startedAt === null ? null : "shop-1",
        result: null,
      };
    },
    retry: async (choice) => {
      const rows = move("failed", choice);
      jobs.waiting.push(...rows.map((row) => ({ ...row, attempts: 0, reason: null })));
      push();
      return { moved: rows.length, of: rows.length };
    },
    promote: async (choice) => {
      const rows = move("delayed", choice);
      jobs.waiting.push(...rows.map((row) => ({ ...row, dueAt: null })));
      push();
      return { moved: rows.length, of: rows.length };
    },
    choose: async (from, choice) => chosen(from, choice).map(({ id }) => id),
    write: async (ids) => ({ path: "/downloads/jobs.json", jobs: ids.length }),
    discard: async (from, choice) => {
      kept = move(from, choice);
      keptFrom = from;
      push();
      return { removed: kept.length, of: kept.length, kept: kept.length };
    },
    restore: async () => {
      const rows = kept;
      kept = [];
      jobs[keptFrom] = [...rows, ...jobs[keptFrom]];
      push();
      return { moved: rows.length, of: rows.length };
    },
    sends: async (reason, skip, most) => {
      const rows = sends.filter((row) => reason === null || sendKind(row) === reason);
      return { skip, total: rows.length, rows: rows.slice(skip, skip + most) };
    },
    chooseSends: async (choice) => {
      if (choice.which === "some") return choice.ids;
      const isWanted = (row: SendRow) => choice.which === "all" || sendKind(row) === choice.reason;
      return sends.filter(isWanted).map(({ id }) => id);
    },
    writeSends: async (ids) => ({ path: "/downloads/failed-sends.json", jobs: ids.length }),
    forgetSends: async (ids) => {
      const before = sends.length;
      sends = sends.filter((row) => !ids.includes(row.id));
      push();
      return { moved: before - sends.length, of: ids.length };
    },
    askAgain: async (choice) => {
      const rows = sends.filter(
        (row) =>
          choice.which === "all" ||
          (choice.which === "some" && choice.ids.includes(row.id)) ||
          (choice.which === "reason" && sendKind(row) === choice.reason),
      );
      const uncertain = rows.filter((row) => row.uncertain).length;
      return {
        ids: rows.map(({ id }) => id),
        rows: rows.map((row) => ({
          send: row,
          doubts: row.uncertain ? ["may_arrive_twice"] : [],
        })),
        doubts: uncertain > 0 ? [{ doubt: "may_arrive_twice", count: uncertain }] : [],
        leftOut: [],
        senders: 1,
        onlyHere: true,
        ...given.again,
      };
    },
    sendAgain: async (ids) => {
      const before = sends.length;
      sends = sends.filter((row) => !ids.includes(row.id));
      push();
      return { moved: before - sends.length, of: ids.length };
    },
    pause: async () => {
      paused = true;
      push();
    },
    resume: async () => {
      paused = false;
      push();
    },
  };
}
