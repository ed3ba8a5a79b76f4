/** What the notices need from the outside: to be told, and to say that they were seen. */

import type { NoticesNews } from "./bindings";

export interface NoticesHost {
  /** Tells the notices, now and when they change, until the answer is called. */
  watch(onNews: (news: NoticesNews) => void): () => void;
  /** A person has seen all of them. */
  read(): Promise<void>;
  /** Takes what is over off the list. */
  clear(): Promise<void>;
}
