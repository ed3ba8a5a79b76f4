//! One thing that happened.

use crate::names::names;
use crate::{AccountId, ContactId, EventId, MediaId, MessageId, Millis};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A direct message with text, with or without attachments.
    DmText,
    /// A direct message without text.
    DmAttachment,
    /// A quick reply was tapped.
    QuickReply,
    /// A button, an ice breaker or a menu item was tapped.
    Postback,
    /// A reply to one of the account's stories.
    StoryReply,
    /// The account was mentioned in somebody's story.
    StoryMention,
    /// A message was reacted to, or a reaction taken back.
    Reaction,
    /// The person has seen a message.
    Read,
    /// The person came by a link or an ad, without a message.
    Referral,
    /// The person opted in to messages.
    Optin,
    /// The account itself wrote: through the API or by hand.
    Echo,
    /// A message was deleted by its author.
    Deleted,
    /// A message was edited.
    Edited,
    /// Something that Meta does not hand out.
    Unsupported,
    /// Another application owns the conversation.
    Standby,
    /// A comment on a post or reel.
    Comment,
    /// A comment on a live video.
    LiveComment,
    /// The account was mentioned in a caption or comment.
    Mention,
    /// Everything else; the raw JSON is kept.
    Other,
}

impl EventKind {
    /// Whether such an event can trigger or move anything (the design, "Event kinds").
    #[must_use]
    pub fn can_trigger(self) -> bool {
        self.is_message_from_contact() || self.is_comment()
    }

    /// Whether the person wrote or clicked in the direct messages, which opens the
    /// 24-hour window.
    #[must_use]
    pub fn is_message_from_contact(self) -> bool {
        matches!(
            self,
            Self::DmText
                | Self::DmAttachment
                | Self::QuickReply
                | Self::Postback
                | Self::StoryReply
                | Self::StoryMention
        )
    }

    /// Whether it is a comment, on a post or on a live video.
    #[must_use]
    pub fn is_comment(self) -> bool {
        matches!(self, Self::Comment | Self::LiveComment)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

names! {
    EventKind {
        DmText => "dm_text",
        DmAttachment => "dm_attachment",
        QuickReply => "quick_reply",
        Postback => "postback",
        StoryReply => "story_reply",
        StoryMention => "story_mention",
        Reaction => "reaction",
        Read => "read",
        Referral => "referral",
        Optin => "optin",
        Echo => "echo",
        Deleted => "deleted",
        Edited => "edited",
        Unsupported => "unsupported",
        Standby => "standby",
        Comment => "comment",
        LiveComment => "live_comment",
        Mention => "mention",
        Other => "other",
    }
}

/// One thing that happened, typed: an entry's `messaging[]` or `changes[]` item after
/// routing. What a kind does not have is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What it is.
    pub kind: EventKind,
    /// The account that it concerns.
    pub account_id: Option<AccountId>,
    /// Who did it; on an echo the account itself.
    pub sender_id: Option<ContactId>,
    /// The message id or comment id.
    pub event_id: Option<EventId>,
    /// The person on the other side: the sender, or on an echo the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// When it happened, by Meta's clock; absent where Meta did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Millis>,
    /// The text of a message or comment; on a postback the title of the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What a quick reply or button sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// What was attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The message that this one replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// The story that was replied to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story_id: Option<MediaId>,
    /// The post or reel that was commented on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<MediaId>,
    /// The post that an ad was made from; automations for either id match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_media_id: Option<MediaId>,
    /// The comment that this one replies to; absent on a top-level comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<EventId>,
    /// The commenter's handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<Reaction>,
    /// Where the person came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Which edit of a message this is, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num_edit: Option<u32>,
    /// The account wrote to itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_self: bool,
    /// What routing did not know, as JSON text; always there on `other`. On an echo or
    /// standby event it is there when that is no message: a deletion, a reaction, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl Event {
    /// An event of which only the kind is known.
    #[must_use]
    pub fn new(kind: EventKind) -> Self {
        Self {
            kind,
            account_id: None,
            sender_id: None,
            event_id: None,
            contact_id: None,
            timestamp: None,
            text: None,
            payload: None,
            attachments: Vec::new(),
            reply_to: None,
            story_id: None,
            media_id: None,
            original_media_id: None,
            parent_id: None,
            username: None,
            reaction: None,
            referral: None,
            num_edit: None,
            is_self: false,
            raw: None,
        }
    }
}

/// One attachment. The set of types is open: Meta adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// `image`, `video`, `audio`, `file`, `share`, `ig_post`, `ig_reel`, `story_mention`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it can be fetched; expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The post, reel or story that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<MediaId>,
    /// Its caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A reaction to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// `react` or `unreact`.
    pub action: String,
    /// Its name, such as `love`; absent when taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// The emoji; absent when taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
}

/// Where a person came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct Referral {
    /// What the link carried.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// `ADS`, a link, … free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `OPEN_THREAD`, … free text.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The ad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_id: Option<String>,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
