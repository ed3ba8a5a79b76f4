//! Unsubscribing and subscribing again.

use super::draft::{Draft, Ending};
use crate::matching::Folded;
use heliograph_model::{Reason, StateChange};

/// Whether the contact unsubscribes, subscribes again, or is unsubscribed: no message
/// goes out then, whatever else the event says.
pub(super) fn check(draft: &mut Draft<'_>) -> Option<Ending> {
    let contact = draft.cx.contact;
    let unsubscribed = contact.is_some_and(|contact| contact.unsubscribed);
    let settings = &draft.cx.account.settings;
    if unsubscribed {
        // A message that came late must not undo what was said after it.
        let is_late = contact
            .and_then(|contact| contact.last_message_at)
            .is_some_and(|last| draft.at < last);
        if !is_late && let Some(word) = said(draft, &settings.resubscribe_keywords) {
            draft.change.unsubscribed = Some(false);
            return Some(Ending {
                reason: Reason::Resubscribed,
                summary: format!("The contact wrote “{word}” and gets messages again."),
                state: StateChange::Keep,
            });
        }
        return Some(Ending {
            reason: Reason::ContactUnsubscribed,
            summary: "The contact is unsubscribed, so nothing was sent.".into(),
            state: draft.cleared(),
        });
    }
    let word = said(draft, &settings.unsubscribe_keywords)?;
    draft.change.unsubscribed = Some(true);
    Some(Ending {
        reason: Reason::Unsubscribed,
        summary: format!("The contact wrote “{word}” and gets no more messages."),
        state: draft.cleared(),
    })
}

/// The keyword that the person's message is, exactly. A comment is said in public and
/// not to the account alone, and a click on our own button is no text.
fn said<'k>(draft: &Draft<'_>, keywords: &'k [String]) -> Option<&'k str> {
    let event = draft.event;
    if keywords.is_empty()
        || !event.kind.is_message_from_contact()
        || super::context::click(event).is_some()
    {
        return None;
    }
    let texts = draft.texts();
    keywords
        .iter()
        .find(|keyword| {
            let keyword = Folded::new(keyword);
            !keyword.is_empty() && texts.iter().any(|text| text.exactly() == keyword.exactly())
        })
        .map(String::as_str)
}
