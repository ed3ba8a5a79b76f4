//! Failed sends in a list, with the names of those whom they are about.

use super::kept::may_have_arrived;
use crate::traffic::{excerpt, sent_texts, what_is_sent};
use futures::future::join_all;
use heliograph_engine::ports::PortResult;
use heliograph_model::{
    AccountId, AutomationId, ContactId, DeliveryId, Effect, Millis, OutboxId, SendError, SendRecord,
};
use heliograph_runtime::Runtime;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The most names that are remembered.
const NAMES: usize = 10_000;

/// Some of the failed sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendPage {
    /// How many come before.
    pub skip: u32,
    /// How many there are in all.
    pub total: u32,
    /// These.
    pub rows: Vec<SendRow>,
}

/// A send that failed for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendRow {
    /// Which.
    pub id: OutboxId,
    /// The account that was to send it,
    pub account_id: AccountId,
    /// and its handle, where it is known.
    pub account: Option<String>,
    /// For whom it was, where that is known (a comment may come without),
    pub contact_id: Option<ContactId>,
    /// and their handle or name, where that is known.
    pub contact: Option<String>,
    /// The automation that wanted it, by its name.
    pub automation: Option<String>,
    /// What it was, in words: `the opening message`.
    pub what: String,
    /// The beginning of what it says.
    pub text: String,
    /// What was to be sent, whole.
    pub effect: Effect,
    /// When it ended.
    pub at: Millis,
    /// Whether it may have arrived.
    pub uncertain: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed.
    pub error: Option<SendError>,
    /// The delivery that led to it, where it is known by an id.
    pub delivery_id: Option<DeliveryId>,
}

/// Handles and names, as they were when they were asked for first: of one who has none, and
/// of one who is not stored, that is remembered too. What could not be read is asked again.
#[derive(Debug, Default)]
pub(in crate::queue) struct Names {
    /// Held for a look-up only.
    known: Mutex<HashMap<Named, Option<String>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Named {
    Account(AccountId),
    Contact(AccountId, ContactId),
    Automation(AutomationId),
}

impl Named {
    /// Those in a record.
    fn of(record: &SendRecord) -> impl Iterator<Item = Self> {
        let account = record.account_id.clone();
        let contact = record.contact_id.clone();
        [
            Self::Automation(record.effect.automation_id().clone()),
            Self::Account(account.clone()),
        ]
        .into_iter()
        .chain(contact.map(|contact| Self::Contact(account, contact)))
    }

    async fn read(&self, runtime: &Runtime) -> PortResult<Option<String>> {
        let documents = runtime.documents();
        Ok(match self {
            Self::Account(id) => {
                let account = documents.account(id).await?;
                account.map(|account| account.username)
            }
            Self::Contact(account, contact) => {
                let contact = documents.contact(account, contact).await?;
                contact.and_then(|contact| contact.username.or(contact.name))
            }
            Self::Automation(id) => {
                let automation = documents.automation(id).await?;
                automation.map(|automation| automation.name)
            }
        })
    }
}

impl Names {
    /// Asks for those that are not known yet, at once, so that a store can gather them.
    pub(super) async fn learn(&self, runtime: &Runtime, records: &[SendRecord]) {
        let missing: HashSet<Named> = {
            let mut known = self.known.lock();
            if known.len() > NAMES {
                known.clear();
            }
            let all = records.iter().flat_map(Named::of);
            all.filter(|named| !known.contains_key(named)).collect()
        };
        let missing: Vec<_> = missing.into_iter().collect();
        let read = join_all(missing.iter().map(|named| named.read(runtime))).await;
        let mut known = self.known.lock();
        for (named, name) in missing.into_iter().zip(read) {
            if let Ok(name) = name {
                known.insert(named, name);
            }
        }
    }

    /// A record as a row.
    pub(super) fn row(&self, runtime: &Runtime, record: SendRecord) -> SendRow {
        let name = |named| self.known.lock().get(&named).cloned().flatten();
        let SendRecord {
            outbox_id,
            account_id,
            contact_id,
            effect,
            ..
        } = &record;
        let of_contact = |id: &ContactId| name(Named::Contact(account_id.clone(), id.clone()));
        SendRow {
            id: *outbox_id,
            account: name(Named::Account(account_id.clone())),
            contact: contact_id.as_ref().and_then(of_contact),
            automation: name(Named::Automation(effect.automation_id().clone())),
            what: what_is_sent(effect),
            text: excerpt(&sent_texts(effect).join(" · ")),
            at: record.at,
            uncertain: may_have_arrived(&record),
            attempts: record.attempt,
            delivery_id: runtime.journal().map(|_| record.delivery_id),
            account_id: record.account_id,
            contact_id: record.contact_id,
            effect: record.effect,
            error: record.error,
        }
    }
}
