/** What Conversations needs from the outside: who is in sight, one opened, setting by hand. */

import type {
  AccountId,
  ContactId,
  DeliveryId,
  EarlierHistory,
  ExportedContacts,
  OpenedContact,
  PeopleLook,
  PeopleNews,
  PersonChange,
  PersonRow,
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
  set(change: PersonChange): Promise<void>;
  /** Writes the contacts that a look wants as a table, and says where. */
  exportContacts(look: PeopleLook): Promise<ExportedContacts>;
}
