//! Echoes: what the account itself wrote, through the API or by hand.

use super::{Outcome, draft::Draft, words};
use heliograph_model::{Millis, Reason};

/// An echo never triggers anything. One of a message that the engine did not send means
/// that a human has stepped in, which can silence the automations for that contact.
pub(super) fn decide(mut draft: Draft<'_>) -> Outcome {
    let minutes = draft
        .cx
        .account
        .settings
        .silence_after_human_minutes
        .filter(|minutes| *minutes > 0);
    // An echo that keeps its raw JSON is something else that the account did, such as a
    // reaction or a read, and nothing that somebody wrote.
    let wrote = draft.event.raw.is_none();
    let by_hand = wrote && !draft.cx.echo_is_ours && !draft.event.is_self;
    let Some((minutes, _)) = minutes.zip(draft.contact_id()).filter(|_| by_hand) else {
        let summary = if draft.cx.echo_is_ours {
            "This is the echo of a message that was sent from here."
        } else {
            "The account itself wrote this, so nothing was done."
        };
        return draft.nothing(Reason::OwnMessage, summary.into());
    };
    let until = draft.at.min(draft.now) + i64::from(minutes) * Millis::MINUTE;
    let before = draft.cx.contact.and_then(|contact| contact.silenced_until);
    if before < Some(until) {
        draft.change.silenced_until = Some(until);
    }
    let left = until.since(draft.now);
    let summary = if left > 0 {
        format!(
            "A human answered this contact, so automations leave it alone for {}.",
            words::duration(left)
        )
    } else {
        "A human answered this contact so long ago that automations need not be silent any more."
            .into()
    };
    draft.nothing(Reason::HumanSteppedIn, summary)
}
