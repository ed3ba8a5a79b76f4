//! One contact opened: where they stand, their whole history, and what is held where.

use super::error::{ConversationsError, Result};
use super::history::{HistoryEntry, history};
use super::holdings::{Holding, holdings};
use super::look::{Origin, PersonRow};
use super::standing::standing;
use super::{Conversations, Shared};
use crate::traffic::event_said;
use heliograph_engine::ports::{Journal, JournalFilter, JournalPage};
use heliograph_engine::process::NO_DELIVERY;
use heliograph_model::{
    AccountId, ContactId, DecisionRecord, DeliveryId, EventId, Millis, UserState,
};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Decisions of one page of a history.
const PAGE: u32 = 200;

/// Everything that is known of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpenedContact {
    /// The person, and where they stand.
    pub person: PersonRow,
    /// What the engine's clock says.
    pub now: Millis,
    /// What was said and sent, the oldest first.
    pub history: Vec<HistoryEntry>,
    /// Where the history comes from.
    pub told_by: ToldBy,
    /// What is before the history begins is read with this; absent at its beginning.
    pub earlier: Option<DeliveryId>,
    /// What the cache and the documents hold.
    pub holdings: Vec<Holding>,
    /// What the cache is called here.
    pub cache: String,
    /// What the documents are called here.
    pub documents: String,
}

/// Where a history comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum ToldBy {
    /// The profile's journal.
    Journal,
    /// This desk, as far as it was open and connected: the profile keeps no journal.
    Desk {
        /// What it saw since then is known.
        since: Millis,
    },
}

impl Conversations {
    /// Opens a contact in a window, which is told from now on when something about it may be
    /// otherwise.
    ///
    /// # Errors
    /// When nobody of this id has ever written, or something cannot be read.
    pub async fn open(
        &self,
        window: &str,
        account: &AccountId,
        contact: &ContactId,
    ) -> Result<OpenedContact> {
        let shared = &self.shared;
        shared.sight(window, |sight| {
            sight.opened = Some((account.clone(), contact.clone()));
        });
        let runtime = shared.runtime()?;
        let now = runtime.clock().now();
        let known = shared.known(&runtime).await?;
        let store = runtime.store();
        let person = store.contact(account, contact).await?;
        let state = standing(&runtime, account, contact, now).await?;
        let told = shared.told(&runtime, account, contact, None).await?;
        let Told { page, by, earlier } = told;
        if person.is_none() && state.is_none() && page.decisions.is_empty() {
            return Err(ConversationsError::NotFound(format!(
                "Nothing is known of a contact {contact} on account {account}."
            )));
        }
        let whose = (account, contact);
        let person = shared.person(&runtime, &known, person, state, whose, now);
        let is_production = runtime.backlog().is_some();
        let (cache, documents) = match is_production {
            true => ("Redis", "MongoDB"),
            false => ("Cache in memory", "Database"),
        };
        Ok(OpenedContact {
            person: person.await?,
            now,
            history: history(&page, &known),
            told_by: by,
            earlier,
            holdings: holdings(&runtime, account, contact).await?,
            cache: cache.to_owned(),
            documents: documents.to_owned(),
        })
    }

    /// What was said before a history that was opened begins; with where it goes on.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn earlier(
        &self,
        account: &AccountId,
        contact: &ContactId,
        before: DeliveryId,
    ) -> Result<(Vec<HistoryEntry>, Option<DeliveryId>)> {
        let runtime = self.shared.runtime()?;
        let known = self.shared.known(&runtime).await?;
        let told = self.shared.told(&runtime, account, contact, Some(before));
        let Told { page, earlier, .. } = told.await?;
        Ok((history(&page, &known), earlier))
    }
}

/// A page of what is known of a contact.
#[derive(Debug)]
struct Told {
    page: JournalPage,
    by: ToldBy,
    /// Where the next page goes on: before this; absent at the beginning.
    earlier: Option<DeliveryId>,
}

impl Shared {
    /// What a journal, or the desk, knows of a contact.
    async fn told(
        &self,
        runtime: &Runtime,
        account: &AccountId,
        contact: &ContactId,
        before: Option<DeliveryId>,
    ) -> Result<Told> {
        let journal = self.journal(runtime)?;
        let filter = JournalFilter {
            account_id: Some(account.clone()),
            contact_id: Some(contact.clone()),
            before,
            most: PAGE,
            ..JournalFilter::default()
        };
        let mut page = journal.search(&filter).await?;
        page.decisions
            .retain(|record| record.delivery_id != NO_DELIVERY);
        page.sends.retain(|send| {
            send.account_id == *account && send.contact_id.as_ref().is_none_or(|id| id == contact)
        });
        // What was set by hand belongs to no delivery, and to the page by its time.
        let oldest = page
            .decisions
            .iter()
            .map(|record| record.decision.trace.at)
            .min();
        // A page ends with a whole delivery, so that one that is not full tells nothing.
        let first = page.decisions.iter().map(|record| record.delivery_id).min();
        let earlier = match first {
            Some(first) if is_more_before(&*journal, &filter, first).await? => Some(first),
            _ => None,
        };
        let newest = match before {
            None => None,
            Some(before) => at_of(&*journal, before).await?,
        };
        let by_hand = journal.of_delivery(NO_DELIVERY).await?.decisions;
        page.decisions.extend(by_hand.into_iter().filter(|record| {
            let event = &record.event;
            let at = record.decision.trace.at;
            event.account_id.as_ref() == Some(account)
                && event.contact_id.as_ref() == Some(contact)
                && (earlier.is_none() || oldest.is_none_or(|oldest| at >= oldest))
                && newest.is_none_or(|newest| at < newest)
        }));
        let seen = self.seen.read().clone();
        let by = match seen.filter(|_| runtime.journal().is_none()) {
            None => ToldBy::Journal,
            Some(seen) => ToldBy::Desk {
                since: seen.since(),
            },
        };
        Ok(Told { page, by, earlier })
    }

    /// The profile's journal, or else what the desk has seen.
    pub(super) fn journal(&self, runtime: &Runtime) -> Result<Arc<dyn Journal>> {
        if let Some(journal) = runtime.journal() {
            return Ok(Arc::clone(journal));
        }
        let seen = self.seen.read().clone();
        Ok(seen.ok_or(ConversationsError::NothingRuns)?)
    }
}

/// Whether a journal has something of a contact before a delivery.
async fn is_more_before(
    journal: &dyn Journal,
    filter: &JournalFilter,
    first: DeliveryId,
) -> Result<bool> {
    let filter = JournalFilter {
        before: Some(first),
        most: 1,
        ..filter.clone()
    };
    let page = journal.search(&filter).await?;
    let led = |record: &DecisionRecord| record.delivery_id != NO_DELIVERY;
    Ok(page.decisions.iter().any(led))
}

/// When the first decision of a delivery was made.
async fn at_of(journal: &dyn Journal, delivery: DeliveryId) -> Result<Option<Millis>> {
    let page = journal.of_delivery(delivery).await?;
    let first = page.decisions.first();
    Ok(first.map(|record| record.decision.trace.at))
}

/// Looks in a journal for the event that a conversation began with.
pub(super) async fn find_event(
    journal: &dyn Journal,
    state: &UserState,
    id: &EventId,
) -> Result<Option<Origin>> {
    let filter = JournalFilter {
        account_id: Some(state.account_id.clone()),
        contact_id: Some(state.sender_id.clone()),
        text: Some(id.to_string()),
        most: 20,
        ..JournalFilter::default()
    };
    let page = journal.search(&filter).await?;
    let is_it = |record: &&DecisionRecord| record.event.event_id.as_ref() == Some(id);
    Ok(page.decisions.iter().find(is_it).map(origin_of))
}

/// What is said of the event that a conversation began with.
fn origin_of(record: &DecisionRecord) -> Origin {
    let event = &record.event;
    let text = event_said(event);
    Origin {
        event_id: event
            .event_id
            .clone()
            .unwrap_or_else(|| EventId::from("unknown")),
        kind: Some(event.kind),
        text: Some(text).filter(|text| !text.is_empty()),
    }
}
