//! What an event leads to: a pure function of the event, what was read before, and the
//! time. There is no I/O, no clock and no randomness in here.
//!
//! [`needs`] says what to read, [`decide`] answers. One file per concern: the gates that
//! keep an event from everything else stand in this one, then `click`, `dm`,
//! `comment` and `story` each have their own, and meet in `flow`, which enters the
//! steps of a conversation.

mod click;
mod comment;
mod consent;
mod context;
mod dm;
mod draft;
mod echo;
mod email_answer;
mod flow;
mod follow;
mod render;
mod standing;
mod start;
mod story;
mod words;

#[cfg(test)]
mod tests;

pub use context::{Addressed, Context, Named, Needs, ProfileAnswer, STATE_TTL_MS, needs};

use draft::Draft;
use heliograph_model::{Decision, Event, EventKind, Millis, Reason, limits};

/// What [`decide`] answers.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is taken apart at once, and a box would cost an allocation for each event"
)]
pub enum Outcome {
    /// This is to happen.
    Decided(Decision),
    /// It depends on the person's profile: read it, put the answer into
    /// [`Context::profile`], failed or not, and decide again. Asked at most once.
    NeedsProfile,
}

/// Decides what an event leads to.
#[must_use]
pub fn decide(event: &Event, context: &Context<'_>, now: Millis) -> Outcome {
    let mut draft = Draft::new(event, context, now);
    if !context.account.is_active {
        let summary = format!(
            "The account @{} is switched off, so nothing was done.",
            context.account.username
        );
        return draft.nothing(Reason::AccountInactive, summary);
    }
    if event.kind == EventKind::Echo {
        return echo::decide(draft);
    }
    if !event.kind.can_trigger() {
        let summary = format!("{} never trigger an automation.", words::kinds(event.kind));
        return draft.nothing(Reason::NeverTriggers, summary);
    }
    if draft.is_own() {
        let summary = "The account itself wrote this, so nothing was done.".into();
        return draft.nothing(Reason::OwnMessage, summary);
    }
    if event.kind.is_comment() && event.event_id.is_none() {
        let summary = "The comment came without its id, so it cannot be answered.".into();
        return draft.nothing(Reason::NoContact, summary);
    }
    if !event.kind.is_comment() && event.contact_id.is_none() {
        let summary = "The event does not say who wrote, so nobody can be answered.".into();
        return draft.nothing(Reason::NoContact, summary);
    }
    draft.note_who_wrote();
    if let Some(ending) = consent::check(&mut draft) {
        return draft.end(ending);
    }
    if let Some(summary) = outside_window(&draft) {
        return draft.nothing(Reason::OutsideWindow, summary);
    }
    if let Some(until) = draft.silenced_until() {
        let summary = format!(
            "A human answered this contact, so automations leave it alone for another {}.",
            words::duration(until.since(now))
        );
        return draft.nothing(Reason::Silenced, summary);
    }
    if draft.is_older_than_state() {
        let summary = "This happened before what the contact did last, and came late; it changes \
                       nothing any more."
            .into();
        return draft.nothing(Reason::OlderThanState, summary);
    }
    if let Some(payload) = context::click(event) {
        return click::decide(draft, &payload);
    }
    match event.kind {
        EventKind::Comment | EventKind::LiveComment => comment::decide(draft),
        EventKind::StoryReply => story::decide(draft),
        EventKind::DmText
        | EventKind::DmAttachment
        | EventKind::QuickReply
        | EventKind::Postback
        | EventKind::StoryMention => dm::decide(draft),
        EventKind::Reaction
        | EventKind::Read
        | EventKind::Referral
        | EventKind::Optin
        | EventKind::Echo
        | EventKind::Deleted
        | EventKind::Edited
        | EventKind::Unsupported
        | EventKind::Standby
        | EventKind::Mention
        | EventKind::Other => {
            let summary = format!("{} never trigger an automation.", words::kinds(event.kind));
            draft.nothing(Reason::NeverTriggers, summary)
        }
    }
}

/// Whether the event is so old that Instagram would refuse an answer: 24 hours after a
/// message (Messaging API), seven days after a comment (Private Replies). Both count from
/// the event's own timestamp, because deliveries have come 16 minutes late and Meta
/// repeats them for 36 hours.
fn outside_window(draft: &Draft<'_>) -> Option<String> {
    let (window, what) = if draft.event.kind.is_comment() {
        (
            limits::PRIVATE_REPLY_MS,
            "A comment can be answered for 7 days",
        )
    } else {
        (
            limits::WINDOW_MS,
            "A person can be written to for 24 hours after their last message",
        )
    };
    let age = draft.now.since(draft.event.timestamp?);
    (age >= window).then(|| {
        format!(
            "{what}, and this came {} after it was written, so nothing was sent.",
            words::duration(age)
        )
    })
}
