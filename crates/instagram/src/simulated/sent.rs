//! The record of what was sent.

use crate::wire;
use heliograph_model::{
    AccountId, CommentId, ContactId, MediaId, MessageId, Millis, OutgoingMessage, limits,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use tokio::sync::broadcast;

/// One thing that was sent and accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// Counted from 1, without gaps, in the order of acceptance.
    pub id: u64,
    /// When it was accepted.
    pub at: Millis,
    /// The account that sent.
    pub account_id: AccountId,
    /// The person it concerns, where that is known.
    pub contact_id: Option<ContactId>,
    /// The comment it answers, privately or publicly.
    pub comment_id: Option<CommentId>,
    /// The post or live video of that comment.
    pub media_id: Option<MediaId>,
    /// What it is.
    pub kind: SentKind,
    /// The body of the request, without a token.
    pub request: Value,
    /// The new message's id, or the new comment's; a reaction and a sender action have
    /// none.
    pub message_id: Option<MessageId>,
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SentKind {
    /// A text, with or without quick replies.
    Text,
    /// A button template.
    Buttons,
    /// A generic template.
    Carousel,
    /// One or several media, a sticker or a post.
    Media,
    /// An answer below a comment.
    PublicReply,
    /// A reaction.
    Reaction,
    /// A reaction taken back.
    Unreaction,
    /// Typing, or seen.
    Indicator,
}

impl SentKind {
    /// Whether it is a message in the conversation, which comes back as an echo.
    #[must_use]
    pub fn is_message(self) -> bool {
        match self {
            Self::Text | Self::Buttons | Self::Carousel | Self::Media => true,
            Self::PublicReply | Self::Reaction | Self::Unreaction | Self::Indicator => false,
        }
    }
}

impl Sent {
    /// Whether it is the one private reply to a comment.
    #[must_use]
    pub fn is_private_reply(&self) -> bool {
        self.comment_id.is_some() && self.kind != SentKind::PublicReply
    }

    /// The message as the person sees it: titles of quick replies are cut to what
    /// Instagram shows. `None` where it is no message, or one that the vocabulary has no
    /// word for.
    #[must_use]
    pub fn message(&self) -> Option<OutgoingMessage> {
        if !self.kind.is_message() {
            return None;
        }
        let mut message = wire::read_message(self.request.get("message")?)?;
        if let OutgoingMessage::Text { quick_replies, .. } = &mut message {
            for reply in quick_replies {
                if let Some((end, _)) = reply
                    .title
                    .char_indices()
                    .nth(limits::QUICK_REPLY_TITLE_CHARS)
                {
                    reply.title.truncate(end);
                }
            }
        }
        Some(message)
    }

    /// The text of a public reply.
    #[must_use]
    pub fn public_text(&self) -> Option<&str> {
        if self.kind != SentKind::PublicReply {
            return None;
        }
        self.request.get("message")?.as_str()
    }

    /// The emoji or the name of a reaction, and the message that it is on.
    #[must_use]
    pub fn reaction(&self) -> Option<(&str, MessageId)> {
        let payload = self.request.get("payload")?;
        Some((
            payload.get("reaction")?.as_str()?,
            payload.get("message_id")?.as_str()?.into(),
        ))
    }

    /// The webhook in which Meta tells of it: a message comes back as an echo with the
    /// same id, a public reply as a comment of the account's own. `username` is the
    /// account's. Reactions and sender actions do not come back.
    #[must_use]
    pub fn echo(&self, username: &str) -> Option<Value> {
        let id = self.message_id.as_ref()?;
        let item = if self.kind == SentKind::PublicReply {
            json!({
                "id": self.account_id,
                "time": self.at.0 / 1000,
                "changes": [{
                    "field": "comments",
                    "value": {
                        "from": { "id": self.account_id, "username": username },
                        "media": { "id": self.media_id, "media_product_type": "FEED" },
                        "id": id,
                        "parent_id": self.comment_id,
                        "text": self.request.get("message"),
                    },
                }],
            })
        } else {
            json!({
                "id": self.account_id,
                "time": self.at,
                "messaging": [{
                    "sender": { "id": self.account_id },
                    "recipient": { "id": self.contact_id.as_ref()? },
                    "timestamp": self.at,
                    "message": self.echoed_message(id)?,
                }],
            })
        };
        Some(json!({ "object": "instagram", "entry": [item] }))
    }

    fn echoed_message(&self, id: &MessageId) -> Option<Value> {
        let message = self.request.get("message")?;
        let mut echo = json!({ "mid": id, "is_echo": true });
        if let Some(text) = message.get("text") {
            echo["text"] = text.clone();
        }
        if let Some(attachment) = message.get("attachment") {
            echo["attachments"] = if self.kind == SentKind::Carousel {
                // Webhooks carry a generic template under the key `generic`.
                json!([{
                    "type": "template",
                    "payload": { "generic": { "elements": attachment["payload"]["elements"] } },
                }])
            } else {
                json!([attachment])
            };
        }
        if let Some(attachments) = message.get("attachments") {
            echo["attachments"] = attachments.clone();
        }
        Some(echo)
    }
}

/// How much was sent and refused since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// Accepted, by kind.
    pub sent: BTreeMap<SentKind, u64>,
    /// Refused by a rule, by code and subcode.
    pub refused: BTreeMap<(i32, Option<i32>), u64>,
    /// Requests that a fault happened to.
    pub faulted: u64,
    /// Profiles that were read.
    pub profiles: u64,
}

impl Counters {
    /// Everything that was accepted.
    #[must_use]
    pub fn all_sent(&self) -> u64 {
        self.sent.values().sum()
    }

    /// Everything that was refused by a rule.
    #[must_use]
    pub fn all_refused(&self) -> u64 {
        self.refused.values().sum()
    }
}

/// The last sends, the counters, and who listens.
#[derive(Debug)]
pub(super) struct SentLog {
    last: VecDeque<Arc<Sent>>,
    keep: usize,
    counted: u64,
    pub(super) counters: Counters,
    listeners: broadcast::Sender<Arc<Sent>>,
}

impl SentLog {
    pub(super) fn new(keep: usize) -> Self {
        Self {
            last: VecDeque::new(),
            keep,
            counted: 0,
            counters: Counters::default(),
            listeners: broadcast::Sender::new(1024),
        }
    }

    /// Takes a send in; its `id` is given here.
    pub(super) fn add(&mut self, mut sent: Sent) {
        self.counted += 1;
        sent.id = self.counted;
        *self.counters.sent.entry(sent.kind).or_default() += 1;
        let sent = Arc::new(sent);
        if self.listeners.receiver_count() > 0 {
            // The last listener may have gone meanwhile, which is no error.
            let _ = self.listeners.send(Arc::clone(&sent));
        }
        self.last.push_back(sent);
        self.trim();
    }

    pub(super) fn keep(&mut self, most: usize) {
        self.keep = most;
        self.trim();
    }

    pub(super) fn list(&self, after: u64) -> Vec<Arc<Sent>> {
        let start = self.last.partition_point(|sent| sent.id <= after);
        self.last.range(start..).cloned().collect()
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<Sent>> {
        self.listeners.subscribe()
    }

    /// Forgets the sends and the counters; ids go on counting and listeners stay.
    pub(super) fn clear(&mut self) {
        self.last.clear();
        self.counters = Counters::default();
    }

    fn trim(&mut self) {
        let over = self.last.len().saturating_sub(self.keep);
        self.last.drain(..over);
    }
}
