//! Who stands where and who the contacts are, for people who look through all of them.

use super::PortResult;
use async_trait::async_trait;
use heliograph_model::{AccountId, AutomationId, Awaiting, Contact, Millis, UserState};

/// Looking through many user states and contacts, a page at a time. Nothing on an event's
/// way asks this. What was committed a moment ago may be missing where documents are
/// written behind.
#[async_trait]
pub trait Register: Send + Sync + std::fmt::Debug {
    /// How many states there are, by what is awaited. What has expired at `now` does not
    /// count, and [`StateFilter::state`] is not looked at.
    async fn count_states(&self, filter: &StateFilter, now: Millis) -> PortResult<StateCounts>;

    /// A page of the states that have not expired at `now`.
    async fn states(
        &self,
        filter: &StateFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<UserState>>;

    /// How many contacts there are.
    async fn count_contacts(&self, filter: &ContactFilter, now: Millis) -> PortResult<u64>;

    /// A page of contacts, the last who wrote first.
    async fn contacts(
        &self,
        filter: &ContactFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<Contact>>;
}

/// Which part of a list: so many, after so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many to leave out at the beginning.
    pub skip: u64,
    /// How many at the most.
    pub most: u32,
}

/// Which user states; a field that is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateFilter {
    /// Of these accounts; none of any other.
    pub accounts: Vec<AccountId>,
    /// In this automation.
    pub automation: Option<AutomationId>,
    /// Where this is awaited.
    pub state: Option<Awaiting>,
    /// Of contacts who have this in their handle, name, address or id. Upper and lower
    /// case are the same.
    pub text: Option<String>,
    /// In which order.
    pub order: StateOrder,
}

/// In which order states are listed. Those that are equal in it are in the order of the
/// contacts' ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StateOrder {
    /// Who has stood there longest, first.
    #[default]
    Oldest,
    /// Who came there last, first.
    Newest,
    /// What expires soonest, first.
    Expiring,
}

/// How many states there are, by what is awaited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// Waiting for the opening message's button.
    pub opening: u64,
    /// Waiting for the follow.
    pub follow: u64,
    /// Waiting for an address.
    pub email: u64,
}

impl StateCounts {
    /// Where this one is counted.
    pub fn of_mut(&mut self, awaiting: Awaiting) -> &mut u64 {
        match awaiting {
            Awaiting::AwaitingOpeningResponse => &mut self.opening,
            Awaiting::AwaitingFollowConfirmation => &mut self.follow,
            Awaiting::AwaitingEmail => &mut self.email,
        }
    }
}

/// Which contacts; a field that is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFilter {
    /// Of these accounts; none of any other.
    pub accounts: Vec<AccountId>,
    /// Who have this in their handle, name, address or id. Upper and lower case are the
    /// same.
    pub text: Option<String>,
    /// Of this kind.
    pub kind: Option<ContactKind>,
}

/// A kind of contact that somebody looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// An address is known.
    WithEmail,
    /// They follow, as of the last time that the profile was read.
    Following,
    /// They get no message.
    Unsubscribed,
    /// Automations leave them alone now, because a human stepped in.
    Silenced,
}
