//! Decisions about events that never reach the rules.

use heliograph_model::{ContactChange, Decision, Event, Millis, Reason, StateChange, Trace};

/// Nothing is done, for a reason that lies outside the rules.
fn nothing(event: &Event, reason: Reason, summary: String, now: Millis) -> Decision {
    Decision {
        state: StateChange::Keep,
        contact: ContactChange::default(),
        effects: Vec::new(),
        trace: Trace::new(event.kind, now, reason, summary),
    }
}

/// No account of any workspace has the event's Instagram id.
pub(super) fn unknown_account(event: &Event, now: Millis) -> Decision {
    let summary = match &event.account_id {
        Some(id) => format!(
            "No workspace has an account with the Instagram id {id}, so nothing was done. Add the account, or its id as an alias of one."
        ),
        None => "The event does not say which account it concerns, so nothing was done.".to_owned(),
    };
    nothing(event, Reason::UnknownAccount, summary, now)
}

/// The secret that signed the delivery may not speak for this account.
pub(super) fn foreign_account(event: &Event, now: Millis) -> Decision {
    let id = event
        .account_id
        .as_ref()
        .map_or("without an id", |id| id.as_str());
    let summary = format!(
        "The app secret that signed the delivery may not speak for the account {id}, so nothing was done."
    );
    nothing(event, Reason::ForeignAccount, summary, now)
}

/// The event was handled before.
pub(super) fn duplicate(event: &Event, now: Millis) -> Decision {
    let summary = "This came before and was handled then, so nothing was done.".to_owned();
    nothing(event, Reason::Duplicate, summary, now)
}
