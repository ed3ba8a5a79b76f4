/** What Conversations needs from the outside: who is in sight, one opened, setting by hand. */

import type {
  AccountId,
  BulkChange,
  BulkNews,
  BulkOutcome,
  ContactId,
  DeliveryId,
  EarlierHistory,
  ExportedContacts,
  OpenedContact,
  PeopleLook,
  PeopleNews,
  PersonChange,
  PersonRow,
  Picked,
  StraysNews,
} from "./bindings";

export interface ConversationsHost {
  /** Tells who is in sight, now and when it changes, until the answer is called. */
  watch(onNews: (news: PeopleNews) => void): () => void;
  /** Looks at others from now on. */
  look(look: PeopleLook): Promise<PeopleNews>;
  /** Opens a contact; from now on `beat` of the news counts up when it changes. */
  open(account: AccountId, contact: ContactId): Promise<OpenedContact>;
  /** What was said before a history that is open begins. */
  earlier(account: AccountId, contact: ContactId, before: DeliveryId): Promise<EarlierHistory>;
  /** The first who have a text in a name, an address or an id, whatever is in sight. */
  find(text: string): Promise<PersonRow[]>;
  /** Sets something; where that takes a state away, with what number it is undone. */
  set(change: PersonChange): Promise<number | null>;
  /** Begins to put back what the release or clear with this number took away. */
  undo(number: number): Promise<BulkNews>;
  /** The rows of a list from `at` on, as many as `count`, whichever are in sight. */
  pick(look: PeopleLook): Promise<Picked[]>;
  /** Begins to release or clear these, one after the other; the news tell how it goes. */
  bulk(change: BulkChange, people: readonly Picked[]): Promise<BulkNews>;
  /** Ends it after the contact whose turn it is. */
  stopBulk(): Promise<void>;
  /** What came of it, contact by contact. */
  bulkOutcomes(): Promise<BulkOutcome[]>;
  /** What came of it was read. */
  closeBulk(): Promise<void>;
  /** Begins to look through the cache for states that the documents lack. */
  findStrays(): Promise<StraysNews>;
  stopStrays(): Promise<void>;
  /** Writes those whom a look wants, or only these, as a table, and says where. */
  exportPeople(look: PeopleLook, chosen: readonly Picked[] | null): Promise<ExportedContacts>;
}
