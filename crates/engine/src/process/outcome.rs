//! What becomes of a contact, and what is to be sent, by a decision.

use crate::ports::{NewOutboxItem, RecentChange};
use heliograph_model::{
    AccountId, Contact, ContactId, Decision, DeliveryId, Effect, Event, Millis, Recipient, limits,
};

/// A contact with what was committed a moment ago and was not in the store yet.
pub(super) fn with_recent(
    stored: Option<Contact>,
    recent: Option<RecentChange>,
    account: &AccountId,
    contact: &ContactId,
) -> Option<Contact> {
    let Some(RecentChange { change, at }) = recent else {
        return stored;
    };
    let mut person = match stored {
        // Of the same instant it may be the change itself or one before it; once more does
        // no harm.
        Some(person) if person.updated_at > at => return Some(person),
        Some(person) => person,
        None => Contact::new(account.clone(), contact.clone(), at),
    };
    change.apply(&mut person, at);
    Some(person)
}

/// The contact as it is to be stored; `None` when nothing changes, or nobody is known.
pub(super) fn changed_contact(
    account: Option<&AccountId>,
    event: &Event,
    stored: Option<Contact>,
    decision: &Decision,
    now: Millis,
) -> Option<Contact> {
    let is_new = stored.is_none();
    // Reads, reactions and the like do not make somebody a contact.
    if decision.contact.is_empty() && !(is_new && event.kind.can_trigger()) {
        return None;
    }
    let mut contact = match stored {
        Some(contact) => contact,
        None => Contact::new(account?.clone(), event.contact_id.clone()?, now),
    };
    decision.contact.apply(&mut contact, now);
    Some(contact)
}

/// The outbox items of a decision, with the time until which Instagram accepts them.
pub(super) fn outbox_items(
    delivery_id: DeliveryId,
    account: &AccountId,
    event: &Event,
    contact: Option<&Contact>,
    decision: &Decision,
    now: Millis,
) -> Vec<NewOutboxItem> {
    let happened = event.timestamp.unwrap_or(now);
    let last_message = contact
        .and_then(|contact| contact.last_message_at)
        .unwrap_or(happened);
    decision
        .effects
        .iter()
        .map(|effect| {
            let (send_before, delay_ms) = match effect {
                Effect::Send {
                    to: Recipient::Contact(_),
                    delay_ms,
                    ..
                } => (last_message + limits::WINDOW_MS, *delay_ms),
                Effect::Send {
                    to: Recipient::Comment(_),
                    delay_ms,
                    ..
                } => (happened + limits::PRIVATE_REPLY_MS, *delay_ms),
                Effect::ReplyToComment { .. } => (happened + limits::PRIVATE_REPLY_MS, 0),
                Effect::React { .. } => (last_message + limits::WINDOW_MS, 0),
            };
            NewOutboxItem {
                delivery_id,
                account_id: account.clone(),
                contact_id: event.contact_id.clone(),
                effect: effect.clone(),
                send_before,
                due_at: now + delay_ms,
            }
        })
        .collect()
}
