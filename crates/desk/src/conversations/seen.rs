//! What the desk has seen of a profile that keeps no journal, within a bound.

use heliograph_engine::ports::JournalPage;
use heliograph_model::{AccountId, ContactId, DecisionRecord, Millis, SendRecord};
use std::collections::VecDeque;

/// The most decisions, and the most sends, that are kept.
const MOST: usize = 20_000;

/// The latest decisions and sends.
#[derive(Debug, Default)]
pub(super) struct Seen {
    decisions: VecDeque<DecisionRecord>,
    sends: VecDeque<SendRecord>,
    /// When it began to look.
    since: Option<Millis>,
}

impl Seen {
    /// Begins anew.
    pub(super) fn begin(&mut self, now: Millis) {
        *self = Self {
            since: Some(now),
            ..Self::default()
        };
    }

    pub(super) fn since(&self) -> Option<Millis> {
        self.since
    }

    pub(super) fn decided(&mut self, record: &DecisionRecord) {
        keep(&mut self.decisions, record);
    }

    pub(super) fn sent(&mut self, record: &SendRecord) {
        keep(&mut self.sends, record);
    }

    /// What was seen of a contact, as a journal would show it.
    pub(super) fn of(&self, account: &AccountId, contact: &ContactId) -> JournalPage {
        let theirs = |record: &&DecisionRecord| {
            record.event.account_id.as_ref() == Some(account)
                && record.event.contact_id.as_ref() == Some(contact)
        };
        let to_them = |record: &&SendRecord| {
            record.account_id == *account && record.contact_id.as_ref() == Some(contact)
        };
        JournalPage {
            decisions: self
                .decisions
                .iter()
                .rev()
                .filter(theirs)
                .cloned()
                .collect(),
            sends: self.sends.iter().filter(to_them).cloned().collect(),
        }
    }

    /// A decision about an event.
    pub(super) fn event(&self, id: &str) -> Option<&DecisionRecord> {
        let is_it = |record: &&DecisionRecord| {
            let event = record.event.event_id.as_ref();
            event.is_some_and(|event| event.as_str() == id)
        };
        self.decisions.iter().find(is_it)
    }
}

fn keep<T: Clone>(all: &mut VecDeque<T>, one: &T) {
    if all.len() >= MOST {
        all.pop_front();
    }
    all.push_back(one.clone());
}
