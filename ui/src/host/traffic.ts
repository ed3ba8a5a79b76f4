/** What Traffic needs from the outside: rows in sight, opening, sending again, keeping. */

import type {
  Checked,
  CurlLine,
  DeliveryId,
  FilterAnswer,
  FoundTraffic,
  Freshness,
  KeptFile,
  OpenedDelivery,
  RefusedId,
  Replayed,
  SavedDelivery,
  SavedFilter,
  Sending,
  SendingProgress,
  SentAll,
  TrafficLook,
  TrafficNews,
  WebhookTemplate,
} from "./bindings";

export interface TrafficHost {
  /** Tells what is in sight, now and when it changes, until the answer is called. */
  watch(onNews: (news: TrafficNews) => void): () => void;
  /** Looks at other rows from now on. */
  look(look: TrafficLook): Promise<TrafficNews>;
  /** The newest deliveries that the filter wants, the oldest of them first. */
  wanted(): Promise<DeliveryId[]>;
  /** What is wrong with a filter, and what can be written at the caret. */
  filter(text: string, caret: number): Promise<FilterAnswer>;
  /** The whole journal, the newest first. */
  search(filter: string, before: DeliveryId | null): Promise<FoundTraffic>;
  /** What the journal's index answers at once: texts at the beginning of a word, such as ids. */
  find(filter: string): Promise<FoundTraffic>;
  /** By its number in the list; 0 and the delivery, where the list does not hold it. */
  open(delivery: DeliveryId | null, refused: RefusedId | null): Promise<OpenedDelivery>;
  send(sending: Sending): Promise<Replayed>;
  /** One after the other, until the end or until it is stopped. */
  sendAll(sendings: Sending[], onProgress: (progress: SendingProgress) => void): Promise<SentAll>;
  /** Ends it after the one that is under way. */
  stopSending(): Promise<void>;
  /** Whether a body is JSON, and what it would be. */
  check(body: string): Promise<Checked>;
  templates(): Promise<WebhookTemplate[]>;
  /** A command line; to this window's listener and with its secret where none is said. */
  curl(
    body: string,
    freshness: Freshness,
    url: string | null,
    secret: string | null,
  ): Promise<CurlLine>;
  saveFixture(name: string, body: string): Promise<KeptFile>;
  saveScenario(delivery: DeliveryId, name: string): Promise<SavedDelivery>;
  filters(): Promise<SavedFilter[]>;
  saveFilter(name: string, filter: string): Promise<SavedFilter[]>;
  forgetFilter(name: string): Promise<SavedFilter[]>;
}
