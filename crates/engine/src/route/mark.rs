//! The deduplication mark of an event.
//!
//! Meta delivers again what it believes lost, numbers no delivery, and reports a comment
//! on a boosted post twice. A mark is what two reports of one happening have in common: an
//! id and what happened to it, since a deletion carries the id of the message that it
//! deletes.

use heliograph_model::{Event, EventKind};

/// The mark of an event: equal for two reports of the same thing, different for all else.
/// It begins with the account, so that two accounts never share one.
#[must_use]
pub fn mark(event: &Event) -> String {
    let mut mark = Mark::default();
    mark.part(event.account_id.as_ref().map(AsRef::as_ref));
    mark.part(Some(name(event.kind)));
    let sender = event.sender_id.as_ref().map(AsRef::as_ref);
    let Some(id) = &event.event_id else {
        mark.part(sender);
        mark.part(Some(&format!("{:032x}", fingerprint(event))));
        return mark.text;
    };
    mark.part(Some(id.as_str()));
    if let Some(reaction) = &event.reaction {
        mark.part(sender);
        mark.part(Some(&reaction.action));
        mark.part(event.timestamp.map(|at| at.to_string()).as_deref());
        mark.part(reaction.emoji.as_deref().or(reaction.reaction.as_deref()));
    }
    if event.kind == EventKind::Read {
        mark.part(sender);
    }
    if event.kind == EventKind::Edited {
        mark.part(event.num_edit.map(|count| count.to_string()).as_deref());
    }
    // An edit without a number, a deletion in standby: only the content tells them apart.
    let is_unnumbered_edit = event.kind == EventKind::Edited && event.num_edit.is_none();
    if event.raw.is_some() || is_unnumbered_edit {
        mark.part(Some(&format!("{:032x}", fingerprint(event))));
    }
    mark.text
}

/// What happened, as far as it makes a difference for one id. A message that is reported
/// as text once and as an attachment the next time is the same message; so is a comment.
fn name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::DmText
        | EventKind::DmAttachment
        | EventKind::QuickReply
        | EventKind::StoryReply
        | EventKind::StoryMention => "message",
        EventKind::Comment | EventKind::LiveComment => "comment",
        EventKind::Postback
        | EventKind::Reaction
        | EventKind::Read
        | EventKind::Referral
        | EventKind::Optin
        | EventKind::Echo
        | EventKind::Deleted
        | EventKind::Edited
        | EventKind::Unsupported
        | EventKind::Standby
        | EventKind::Mention
        | EventKind::Other => kind.as_str(),
    }
}

/// Parts with colons between; a colon in a part is escaped, and what is missing is an empty
/// part, which no id is.
#[derive(Default)]
struct Mark {
    text: String,
    has_parts: bool,
}

impl Mark {
    fn part(&mut self, part: Option<&str>) {
        if self.has_parts {
            self.text.push(':');
        }
        self.has_parts = true;
        let mut rest = part.unwrap_or_default();
        while let Some(at) = rest.find([':', '%']) {
            self.text.push_str(&rest[..at]);
            self.text.push_str(if rest[at..].starts_with(':') {
                "%3A"
            } else {
                "%25"
            });
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
    }
}

/// Whether every report of an event has the same time. What comes without a time of its own,
/// as comments and mentions do, takes that of the entry, which is when the notice was sent: a
/// second report has another.
#[must_use]
pub fn has_own_time(event: &Event) -> bool {
    event.raw.is_none() && !event.kind.is_comment() && event.kind != EventKind::Mention
}

/// A number for what the event holds. It stands in stores for days and is compared across
/// processes and versions, so it is a fixed function (FNV-1a, 128 bits) and no hasher with
/// a seed.
fn fingerprint(event: &Event) -> u128 {
    let mut hash = Fnv::default();
    // Where the JSON is kept, a time of its own is in there.
    if has_own_time(event) {
        hash.part(event.timestamp.map(|at| at.to_string()).as_deref());
    }
    for part in [
        &event.text,
        &event.payload,
        &event.raw,
        &event.referral.as_ref().and_then(|it| it.reference.clone()),
        &event.referral.as_ref().and_then(|it| it.ad_id.clone()),
        &event.referral.as_ref().and_then(|it| it.source.clone()),
    ] {
        hash.part(part.as_deref());
    }
    for attachment in &event.attachments {
        hash.part(Some(&attachment.kind));
        hash.part(attachment.url.as_deref());
    }
    hash.part(event.media_id.as_ref().map(AsRef::as_ref));
    hash.0
}

struct Fnv(u128);

impl Default for Fnv {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 =
            (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }

    /// A part with its end: 0xff is in no text, 0xfe stands for a part that is missing.
    fn part(&mut self, part: Option<&str>) {
        match part {
            Some(text) => text.bytes().for_each(|byte| self.byte(byte)),
            None => self.byte(0xfe),
        }
        self.byte(0xff);
    }
}
