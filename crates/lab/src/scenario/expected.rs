//! What a scenario expects, once it has been read.

use heliograph_model::{Awaiting, MediaKind, OutboxState, Reason, Verdict};
use std::collections::BTreeMap;

/// Something must be so.
#[derive(Debug, Clone, PartialEq)]
pub enum Expectation {
    /// The person has received exactly these messages since the last such line.
    Receives {
        /// Who.
        who: String,
        /// What; empty: nothing.
        messages: Vec<MessageSpec>,
    },
    /// Each of the crowd has received exactly these.
    EachReceives(Vec<MessageSpec>),
    /// The person's last comment was answered publicly with one of these; `None`: not at all.
    CommentAnswered {
        /// Whose comment.
        who: String,
        /// One of these.
        one_of: Option<Vec<TextSpec>>,
    },
    /// The account reacted to the person's last message; `None`: it did not.
    Reaction {
        /// Whose message.
        who: String,
        /// With what.
        reaction: Option<String>,
    },
    /// Where the person stands.
    State {
        /// Who.
        who: String,
        /// What is awaited.
        awaiting: Option<Awaiting>,
        /// In which automation, by name.
        automation: Option<String>,
        /// How often it was asked.
        asked: Option<u32>,
    },
    /// What is stored about the person.
    Contact {
        /// Who.
        who: String,
        /// The fields that are looked at.
        fields: ContactSpec,
    },
    /// Why the last events were decided as they were.
    Because(Vec<DecisionSpec>),
    /// How many events were decided for which reason since the start.
    Decisions(BTreeMap<Reason, u64>),
    /// How many sends stand how since the start.
    Sends {
        /// By state.
        by_state: BTreeMap<SendCount, u64>,
    },
}

/// What sends are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SendCount {
    /// Instagram took it.
    Sent,
    /// It is tried again later.
    Retrying,
    /// Refused for good, or tried often enough.
    Failed,
    /// Nobody knows whether it arrived.
    Unknown,
    /// Too late, or unsubscribed meanwhile.
    Dropped,
    /// May be a repeat.
    Uncertain,
}

impl SendCount {
    /// The count for a state.
    #[must_use]
    pub fn of(state: OutboxState) -> Self {
        match state {
            OutboxState::Sent => Self::Sent,
            OutboxState::Retrying => Self::Retrying,
            OutboxState::Failed => Self::Failed,
            OutboxState::Unknown => Self::Unknown,
            OutboxState::Dropped => Self::Dropped,
        }
    }

    /// The name as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Dropped => "dropped",
            Self::Uncertain => "uncertain",
        }
    }
}

/// A text, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextSpec {
    /// Exactly this, but for space at the ends.
    Is(String),
    /// This is in it.
    Contains(String),
}

impl TextSpec {
    /// Whether a text is so.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Is(expected) => expected.trim() == text.trim(),
            Self::Contains(part) => text.contains(part.trim()),
        }
    }
}

/// What a message must look like. What is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageSpec {
    /// Its text.
    pub text: Option<TextSpec>,
    /// The titles of its buttons.
    pub buttons: Option<Vec<String>>,
    /// The titles of its quick replies.
    pub quick_replies: Option<Vec<String>>,
    /// Its cards.
    pub cards: Option<Vec<CardSpec>>,
    /// What kind of media it is.
    pub media: Option<MediaKind>,
    /// The address of the media.
    pub url: Option<String>,
    /// Whether it is the private reply to a comment.
    pub private_reply: Option<bool>,
}

/// What a card must look like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardSpec {
    /// Its heading.
    pub title: String,
    /// The line below it.
    pub subtitle: Option<String>,
    /// The titles of its buttons.
    pub buttons: Option<Vec<String>>,
}

/// What a contact must look like. What is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactSpec {
    /// The address; `Some(None)`: none is stored.
    pub email: Option<Option<String>>,
    /// The handle.
    pub username: Option<Option<String>>,
    /// The display name.
    pub name: Option<Option<String>>,
    /// Whether the contact is unsubscribed.
    pub unsubscribed: Option<bool>,
    /// Whether the contact follows; `Some(None)`: not known.
    pub follows: Option<Option<bool>>,
    /// Whether automations leave the contact alone at the moment.
    pub silenced: Option<bool>,
}

/// What a decision must look like. What is `None` is not looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DecisionSpec {
    /// The reason.
    pub reason: Option<Reason>,
    /// The name of the automation that acts; `Some(None)`: none does.
    pub automation: Option<Option<String>>,
    /// A part of the summary or of a note.
    pub says: Option<String>,
    /// Automations by name, and what became of them.
    pub looked_at: Vec<(String, Seen)>,
}

/// What became of an automation that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It matched.
    Matched,
    /// None of its keywords was there.
    NoKeyword,
    /// There was no text.
    NoText,
    /// It does not answer replies.
    RepliesNotIncluded,
    /// It has no step to run.
    NoSteps,
    /// An earlier one had matched.
    NotReached,
}

impl Seen {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Matched,
        Self::NoKeyword,
        Self::NoText,
        Self::RepliesNotIncluded,
        Self::NoSteps,
        Self::NotReached,
    ];

    /// The name as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::NoKeyword => "no keyword",
            Self::NoText => "no text",
            Self::RepliesNotIncluded => "replies not included",
            Self::NoSteps => "no steps",
            Self::NotReached => "not reached",
        }
    }

    /// What a verdict amounts to.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Matched { .. } => Self::Matched,
            Verdict::NoKeyword => Self::NoKeyword,
            Verdict::NoText => Self::NoText,
            Verdict::RepliesNotIncluded => Self::RepliesNotIncluded,
            Verdict::NoSteps => Self::NoSteps,
            Verdict::NotReached => Self::NotReached,
        }
    }
}
