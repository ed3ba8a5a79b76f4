//! What somebody looks at: who stands where, or the contacts, a page at a time.

use super::bulk::BulkNews;
use super::strays::StraysNews;
use heliograph_engine::ports::{
    ContactFilter, ContactKind, Page, StateCounts, StateFilter, StateOrder,
};
use heliograph_model::{
    AccountId, AutomationId, AutomationType, Awaiting, ContactId, EventId, EventKind, GuardLevel,
    Millis, WorkspaceId,
};
use serde::{Deserialize, Serialize};

/// The most rows in sight.
const MOST: u32 = 200;

/// What somebody looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PeopleLook {
    /// Which list.
    pub list: PeopleList,
    /// In a handle, a name, an address or an id; empty: everybody.
    pub text: String,
    /// Of one account; absent: of all.
    pub account_id: Option<AccountId>,
    /// In one automation; of no meaning for contacts.
    pub automation_id: Option<AutomationId>,
    /// Where this is awaited; of no meaning for contacts.
    pub state: Option<Awaiting>,
    /// The order of those who stand somewhere.
    pub order: PeopleOrder,
    /// The kind of contacts.
    pub kind: Option<PeopleKind>,
    /// How many rows are above those in sight.
    pub at: u32,
    /// How many rows are in sight.
    pub count: u32,
}

/// Which list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PeopleList {
    /// Those of whom something is awaited.
    #[default]
    Standing,
    /// All who ever wrote.
    Contacts,
    /// Those of whom something is awaited as only the cache says: the register knows
    /// nothing of them, so the cache has to be looked through first.
    OnlyCached,
}

/// Why the documents lack where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OnlyCached {
    /// It is committed, and listed to be written to them.
    NotYet,
    /// Nobody will write it: the document was removed, or never was.
    NoDocument,
}

/// The order of those who stand somewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PeopleOrder {
    /// Who has stood there longest, first.
    #[default]
    Oldest,
    /// Who came there last, first.
    Newest,
    /// What expires soonest, first.
    Expiring,
}

/// A kind of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PeopleKind {
    /// An address is known.
    WithEmail,
    /// They follow, as far as that is known.
    Following,
    /// They get no message.
    Unsubscribed,
    /// Automations leave them alone, because a human stepped in.
    Silenced,
}

/// Who is in sight, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PeopleNews {
    /// The look that this answers.
    pub look: PeopleLook,
    /// Counts up when the contact that is open may be otherwise than before.
    pub beat: u32,
    /// What the engine's clock says: ages are counted from here.
    pub now: Millis,
    /// The profile's name.
    pub profile: String,
    /// What the profile allows now; absent before anything runs.
    pub guard: Option<GuardLevel>,
    /// How long a state lives that is entered now, in milliseconds.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub state_life: i64,
    /// How many stand where, whatever state was chosen.
    pub funnel: Funnel,
    /// How many contacts there are.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub contacts: u64,
    /// How many rows the list has.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub total: u64,
    /// The rows in sight.
    pub rows: Vec<PersonRow>,
    /// The accounts of the profile.
    pub accounts: Vec<KnownAccount>,
    /// Their automations, in the order of their names.
    pub automations: Vec<KnownAutomation>,
    /// Whether states may be in a cache that the documents lack.
    pub has_cache: bool,
    /// Looking through the cache for such states, where somebody did.
    pub strays: Option<StraysNews>,
    /// Something that is done for many, from its beginning until it is closed.
    pub bulk: Option<BulkNews>,
    /// Why there is nothing newer to see, where something failed.
    pub failure: Option<String>,
}

/// How many stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    /// Waiting for the opening message's button.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub opening: u64,
    /// Waiting for the follow.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub follow: u64,
    /// Waiting for an address.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub email: u64,
}

impl From<StateCounts> for Funnel {
    fn from(counts: StateCounts) -> Self {
        Self {
            opening: counts.opening,
            follow: counts.follow,
            email: counts.email,
        }
    }
}

impl Funnel {
    /// How many rows a list of this state has; of all where none was chosen.
    #[must_use]
    pub fn of(self, state: Option<Awaiting>) -> u64 {
        match state {
            None => self.opening + self.follow + self.email,
            Some(Awaiting::AwaitingOpeningResponse) => self.opening,
            Some(Awaiting::AwaitingFollowConfirmation) => self.follow,
            Some(Awaiting::AwaitingEmail) => self.email,
        }
    }
}

/// An account, to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KnownAccount {
    /// Its id.
    pub id: AccountId,
    /// Its handle without `@`.
    pub username: String,
    /// The workspace that it belongs to.
    pub workspace_id: WorkspaceId,
}

/// An automation, to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KnownAutomation {
    /// Its id.
    pub id: AutomationId,
    /// What people call it.
    pub name: String,
    /// The workspace that it belongs to.
    pub workspace_id: WorkspaceId,
    /// Its type.
    pub automation_type: AutomationType,
    /// Whether it is on.
    pub is_active: bool,
    /// What it can wait for, in its order.
    pub states: Vec<Awaiting>,
}

/// One person on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PersonRow {
    /// The account.
    pub account_id: AccountId,
    /// The person's instagram-scoped id.
    pub contact_id: ContactId,
    /// The handle without `@`, where it is known.
    pub username: Option<String>,
    /// The display name, where it is known.
    pub name: Option<String>,
    /// The address, where it is known.
    pub email: Option<String>,
    /// Whether they follow, where that is known.
    pub follows: Option<bool>,
    /// They get no message.
    pub unsubscribed: bool,
    /// Until when automations leave them alone; absent when they do not.
    pub silenced_until: Option<Millis>,
    /// When they last wrote.
    pub last_message_at: Option<Millis>,
    /// When they were first seen; absent where no contact is stored.
    pub first_seen_at: Option<Millis>,
    /// Where they stand; absent when nothing is awaited.
    pub stands: Option<StandsAt>,
    /// Why the documents lack where they stand; absent when they have it, and where
    /// nobody has looked.
    pub only_cached: Option<OnlyCached>,
}

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StandsAt {
    /// What is awaited.
    pub state: Awaiting,
    /// The automation.
    pub automation_id: AutomationId,
    /// Its name; absent when it does not exist any more.
    pub automation: Option<String>,
    /// How often it was asked.
    pub asked: u32,
    /// When it was asked last: the state's age counts from here.
    pub since: Millis,
    /// When the state expires.
    pub expires_at: Millis,
    /// What it began with, as far as that is known.
    pub origin: Option<Origin>,
}

/// The event that a conversation began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The message's or comment's id.
    pub event_id: EventId,
    /// What kind of event; absent where nobody has kept it.
    pub kind: Option<EventKind>,
    /// What was said with it.
    pub text: Option<String>,
}

impl PeopleLook {
    /// Which states are asked for.
    pub(super) fn states(&self, accounts: &[KnownAccount]) -> StateFilter {
        StateFilter {
            accounts: self.accounts(accounts),
            automation: self.automation_id.clone(),
            state: self.state,
            text: self.words(),
            order: match self.order {
                PeopleOrder::Oldest => StateOrder::Oldest,
                PeopleOrder::Newest => StateOrder::Newest,
                PeopleOrder::Expiring => StateOrder::Expiring,
            },
        }
    }

    /// Which contacts are asked for.
    pub(super) fn contacts(&self, accounts: &[KnownAccount]) -> ContactFilter {
        ContactFilter {
            accounts: self.accounts(accounts),
            text: self.words(),
            kind: self.kind.map(|kind| match kind {
                PeopleKind::WithEmail => ContactKind::WithEmail,
                PeopleKind::Following => ContactKind::Following,
                PeopleKind::Unsubscribed => ContactKind::Unsubscribed,
                PeopleKind::Silenced => ContactKind::Silenced,
            }),
        }
    }

    /// Which part of them.
    pub(super) fn page(&self) -> Page {
        Page {
            skip: self.at.into(),
            most: self.count.clamp(1, MOST),
        }
    }

    fn accounts(&self, accounts: &[KnownAccount]) -> Vec<AccountId> {
        let chosen = |one: &&KnownAccount| self.account_id.as_ref().is_none_or(|id| one.id == *id);
        accounts
            .iter()
            .filter(chosen)
            .map(|one| one.id.clone())
            .collect()
    }

    pub(super) fn words(&self) -> Option<String> {
        let words = self.text.trim().trim_start_matches('@');
        (!words.is_empty()).then(|| words.to_owned())
    }
}
