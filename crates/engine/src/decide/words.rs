//! The sentences of a trace, for people who do not program.

use heliograph_model::{Awaiting, Effect, EventKind, KeywordMatch, MatchedBy, Millis, StepName};

/// What events of a kind are called, at the start of a sentence.
pub(super) fn kinds(kind: EventKind) -> &'static str {
    match kind {
        EventKind::DmText => "Direct messages",
        EventKind::DmAttachment => "Messages without text",
        EventKind::QuickReply => "Quick replies",
        EventKind::Postback => "Clicked buttons",
        EventKind::StoryReply => "Replies to stories",
        EventKind::StoryMention => "Mentions in stories",
        EventKind::Reaction => "Reactions",
        EventKind::Read => "Notices that a message was seen",
        EventKind::Referral => "Visits by a link or an ad without a message",
        EventKind::Optin => "Opt-ins",
        EventKind::Echo => "The account's own messages",
        EventKind::Deleted => "Deletions",
        EventKind::Edited => "Edits of a message",
        EventKind::Unsupported => "Messages that Instagram does not hand out",
        EventKind::Standby => "Messages of a conversation that another application owns",
        EventKind::Comment => "Comments",
        EventKind::LiveComment => "Comments on a live video",
        EventKind::Mention => "Mentions",
        EventKind::Other => "Events of an unknown kind",
    }
}

/// What the automations that were tried are for.
pub(super) fn audience(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Comment | EventKind::LiveComment => "comments on this post or on all posts",
        EventKind::StoryReply => "replies to this story or to all stories",
        _ => "direct messages",
    }
}

/// Why an automation matched, behind “because”.
pub(super) fn because(by: &MatchedBy) -> String {
    match by {
        MatchedBy::AnyReply => "it answers anything".into(),
        MatchedBy::Keyword { keyword, kind } => match kind {
            KeywordMatch::WholeWord => format!("the keyword “{keyword}” is a word of the text"),
            KeywordMatch::Anywhere => format!("the keyword “{keyword}” is in the text"),
            KeywordMatch::Exactly => format!("the text is the keyword “{keyword}”"),
        },
    }
}

/// What is awaited.
pub(super) fn awaiting(awaiting: Awaiting) -> &'static str {
    match awaiting {
        Awaiting::AwaitingOpeningResponse => "the answer to an opening message",
        Awaiting::AwaitingFollowConfirmation => "the answer to an ask to follow",
        Awaiting::AwaitingEmail => "an email address",
    }
}

/// What is sent, without the full stop.
pub(super) fn sends(effects: &[Effect]) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for effect in effects {
        let part = match effect {
            Effect::ReplyToComment { .. } => "a public reply",
            Effect::React { .. } => "a reaction",
            Effect::Send { step, .. } => match step {
                StepName::Opening => "the opening message",
                StepName::Follow => "the ask to follow",
                StepName::Email => "the ask for an email address",
                StepName::Main => "the main message",
                StepName::PublicReply => "a public reply",
                StepName::Reaction => "a reaction",
            },
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    match parts.split_last() {
        None => "There is nothing to send".into(),
        Some((last, [])) => format!("It sends {last}"),
        Some((last, before)) => format!("It sends {} and {last}", before.join(", ")),
    }
}

/// What it then waits for, with the full stop.
pub(super) fn then_waits(awaiting: Awaiting, title: Option<&str>) -> String {
    match (awaiting, title) {
        (Awaiting::AwaitingEmail, _) => " and waits for an email address.".into(),
        (_, Some(title)) => format!(" and waits for a click on “{title}”."),
        (_, None) => " and waits for a click.".into(),
    }
}

/// A note on a profile that could not be read.
pub(super) fn profile_unknown(why: &str) -> String {
    format!("The person's profile could not be read ({why}); what it would say counts as unknown.")
}

/// A person's text, shortened, in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("“{shown}”")
}

/// A length of time, rounded up.
pub(super) fn duration(millis: i64) -> String {
    let minutes = millis.max(0).saturating_add(Millis::MINUTE - 1) / Millis::MINUTE;
    match minutes {
        0 | 1 => "a minute".into(),
        2..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

/// First, second, third …
pub(super) fn ordinal(number: u32) -> String {
    match number {
        1 => "first".into(),
        2 => "second".into(),
        3 => "third".into(),
        _ if number % 10 == 1 && number % 100 != 11 => format!("{number}st"),
        _ if number % 10 == 2 && number % 100 != 12 => format!("{number}nd"),
        _ if number % 10 == 3 && number % 100 != 13 => format!("{number}rd"),
        _ => format!("{number}th"),
    }
}
