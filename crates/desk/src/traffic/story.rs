//! What happened, in sentences.

use super::open::{OpenedDelivery, how_it_ended, what_is_sent};
use super::row::{RowSource, excerpt, said};
use super::words::texts;
use heliograph_model::{
    Awaiting, DecisionRecord, Event, EventKind, OutboxState, Outcome, Reason, SendRecord,
};
use heliograph_runtime::guard::is_of_dry_run;
use serde::{Deserialize, Serialize};

/// Why the body of what a worker elsewhere handled is not there.
const NO_BODY: &str = "It did not tell the body, which is longer than 64 KiB or was taken before this window listened.";

/// One sentence of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Sentence {
    /// The sentence.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// How a sentence is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// It tells.
    Plain,
    /// It went well.
    Good,
    /// Somebody is waited for, or it is tried again.
    Waiting,
    /// Somebody might want to know.
    Warning,
    /// It did not go well.
    Failed,
}

fn sentence(tone: Tone, text: impl Into<String>) -> Sentence {
    Sentence {
        text: text.into(),
        tone,
    }
}

/// The story of a delivery; `dead` is why it could not be handled, where it could not, and
/// `is_removed` whether somebody removed it from the queue.
pub(super) fn story(
    opened: &OpenedDelivery,
    dead: Option<&str>,
    is_removed: bool,
) -> Vec<Sentence> {
    let mut story = vec![arrival(opened)];
    if let Some(worker) = opened.worker.as_deref()
        && opened.source != RowSource::Worker
    {
        let text = format!("The worker “{worker}” took it from the queue, and told of it.");
        story.push(sentence(Tone::Plain, text));
    }
    if let Some(why) = dead {
        let text = if is_removed {
            format!("It could not be handled: {why}.")
        } else {
            format!("It could not be handled and is in the dead letter: {why}.")
        };
        story.push(sentence(Tone::Failed, text));
    }
    let several = opened.decisions.len() > 1;
    for record in &opened.decisions {
        let event = &record.event;
        let mut begins = event_in_words(event);
        if several {
            begins = format!("Event {}: {}", record.index + 1, lower(&begins));
        }
        story.push(sentence(Tone::Plain, begins));
        decided(record, &mut story);
    }
    if is_removed {
        let text = "Somebody removed it from the queue by hand, so nothing more becomes of it.";
        story.push(sentence(Tone::Warning, text));
    } else if opened.decisions.is_empty() && dead.is_none() {
        story.push(sentence(Tone::Waiting, "No event of it is decided yet."));
    }
    for sent in &opened.sends {
        story.push(send(&sent.record));
    }
    story
}

/// The story of a request that was refused.
pub(super) fn of_refused(opened: &OpenedDelivery, why: &str, advice: &str) -> Vec<Sentence> {
    vec![
        arrival(opened),
        sentence(
            Tone::Failed,
            format!("The listener refused it: {}.", lower(why)),
        ),
        sentence(Tone::Warning, advice),
        sentence(
            Tone::Plain,
            "Nothing of it reached the queue, so no automation saw it.",
        ),
    ]
}

fn arrival(opened: &OpenedDelivery) -> Sentence {
    let bytes = opened.body_bytes;
    let text = match (opened.source, &opened.peer, &opened.signature.secret) {
        (RowSource::Listener, Some(peer), Some(secret)) if opened.delivery_id.is_some() => {
            format!("{peer} posted {bytes} bytes to the listener, signed with “{secret}”.")
        }
        (RowSource::Listener, Some(peer), _) => {
            format!("{peer} posted {bytes} bytes to the listener.")
        }
        (RowSource::Listener, None, _) if opened.body.is_none() => {
            "It came past this window's listener; whoever put it into the queue has its body."
                .to_owned()
        }
        (RowSource::Listener, None, _) => format!("{bytes} bytes were posted to the listener."),
        (RowSource::Worker, ..) => {
            let worker = opened.worker.as_deref().unwrap_or("elsewhere");
            let text = format!("The worker “{worker}” took it from the queue, and told of it.");
            match opened.body {
                Some(_) => text,
                None => format!("{text} {NO_BODY}"),
            }
        }
        (RowSource::Simulator, ..) => "It was said in the simulator.".to_owned(),
        (RowSource::Replay, ..) if opened.worker.is_some() => {
            format!("Somebody put {bytes} bytes into the queue, at this desk or another one.")
        }
        (RowSource::Replay, ..) => {
            format!("Somebody at this desk put {bytes} bytes into the queue.")
        }
    };
    sentence(Tone::Plain, text)
}

fn decided(record: &DecisionRecord, story: &mut Vec<Sentence>) {
    let trace = &record.decision.trace;
    let tone = match trace.reason {
        Reason::Started | Reason::Advanced | Reason::Resubscribed => Tone::Good,
        Reason::UnknownAccount | Reason::ForeignAccount | Reason::AccountInactive => Tone::Warning,
        _ => Tone::Plain,
    };
    story.push(sentence(tone, full_stop(&trace.summary)));
    for note in &trace.notes {
        story.push(sentence(Tone::Plain, full_stop(note)));
    }
    if trace.state_before != trace.state_after {
        let text = match (trace.state_before, trace.state_after) {
            (_, Some(after)) => format!("From now on it waits for {}.", awaited(after)),
            (Some(before), None) => format!("It waits for {} no more.", awaited(before)),
            (None, None) => return,
        };
        story.push(sentence(Tone::Waiting, text));
    }
    if !trace.reads.is_empty() {
        let hits = trace
            .reads
            .iter()
            .filter(|read| matches!(read.outcome, Outcome::Hit | Outcome::NegativeHit));
        let micros: u64 = trace.reads.iter().map(|read| u64::from(read.micros)).sum();
        let text = format!(
            "For that it read {} documents, {} of them from a cache, in {micros} µs.",
            trace.reads.len(),
            hits.count()
        );
        story.push(sentence(Tone::Plain, text));
    }
}

fn send(record: &SendRecord) -> Sentence {
    let what = what_is_sent(&record.effect);
    let said = excerpt(texts(&record.effect).first().unwrap_or(&""));
    let mut text = format!("{} “{said}” {}", upper(&what), how_it_ended(record));
    if record.attempt > 1 {
        text.push_str(&format!(", at try {}", record.attempt));
    }
    let tone = match record.state {
        OutboxState::Sent if is_of_dry_run(record) => Tone::Plain,
        OutboxState::Sent => Tone::Good,
        OutboxState::Retrying => Tone::Waiting,
        OutboxState::Unknown | OutboxState::Dropped => Tone::Warning,
        OutboxState::Failed => Tone::Failed,
    };
    if let Some(error) = &record.error {
        text.push_str(&format!(": {}", error.message));
    }
    sentence(tone, full_stop(&text))
}

/// What came, as a sentence begins with it.
pub(super) fn kind_in_words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::DmText => "A direct message",
        EventKind::DmAttachment => "A direct message with an attachment",
        EventKind::QuickReply => "A quick reply",
        EventKind::Postback => "A click on a button",
        EventKind::StoryReply => "A reply to a story",
        EventKind::StoryMention => "A mention in a story",
        EventKind::Reaction => "A reaction",
        EventKind::Read => "A message was seen",
        EventKind::Referral => "A referral",
        EventKind::Optin => "An opt-in",
        EventKind::Echo => "An echo of the account's own message",
        EventKind::Deleted => "A deleted message",
        EventKind::Edited => "An edited message",
        EventKind::Unsupported => "A message that Meta does not hand out",
        EventKind::Standby => "A message of a conversation that another application owns",
        EventKind::Comment => "A comment",
        EventKind::LiveComment => "A comment on a live video",
        EventKind::Mention => "A mention",
        EventKind::Other => "Something that routing does not know",
    }
}

fn event_in_words(event: &Event) -> String {
    let said = match event.kind {
        EventKind::Other => String::new(),
        _ => said(event),
    };
    let mut text = kind_in_words(event.kind).to_owned();
    if !said.is_empty() {
        text.push_str(&format!(" “{}”", excerpt(&said)));
    }
    match (&event.username, &event.contact_id) {
        (Some(handle), _) => text.push_str(&format!(", from @{handle}")),
        (None, Some(id)) => text.push_str(&format!(", from {id}")),
        (None, None) => {}
    }
    if let Some(account) = &event.account_id {
        text.push_str(&format!(", to account {account}"));
    }
    full_stop(&text)
}

fn awaited(awaiting: Awaiting) -> &'static str {
    match awaiting {
        Awaiting::AwaitingOpeningResponse => "a click on the opening message's button",
        Awaiting::AwaitingFollowConfirmation => "the person to follow",
        Awaiting::AwaitingEmail => "an email address",
    }
}

fn full_stop(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…', '”']) && !text.ends_with('”') {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
