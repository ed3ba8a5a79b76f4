/** Notices that are made up: for the browser and for tests. */

import type { Notice, NoticesNews } from "../bindings";
import type { NoticesHost } from "../notices";

export interface NoticesInMemory extends NoticesHost {
  /** Tells whoever watches. */
  tell(change: Partial<NoticesNews>): void;
}

export const notice = (id: number, change: Partial<Notice> = {}): Notice => ({
  id,
  kind: "listener",
  title: "The listener does not run",
  text: "Port 8787 is in use by another program. Choose another one, or stop that program.",
  screen: "connections",
  at: 1_790_000_000_000 + id * 60_000,
  times: 1,
  stands: true,
  overAt: null,
  read: false,
  ...change,
});

/** None at first. */
export function noticesInMemory(first: Partial<NoticesNews> = {}): NoticesInMemory {
  let news: NoticesNews = { notices: [], unread: 0, hasTray: true, go: null, ...first };
  const watchers = new Set<(news: NoticesNews) => void>();
  const tell = (change: Partial<NoticesNews>) => {
    news = { ...news, go: null, ...change };
    for (const watcher of watchers) watcher(news);
  };
  return {
    tell,
    watch: (onNews) => {
      watchers.add(onNews);
      onNews(news);
      return () => {
        watchers.delete(onNews);
      };
    },
    read: async () =>
      tell({ notices: news.notices.map((each) => ({ ...each, read: true })), unread: 0 }),
    clear: async () => tell({ notices: news.notices.filter((each) => each.stands) }),
  };
}
