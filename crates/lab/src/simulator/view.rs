//! The simulator as a window shows it: one snapshot, and what can be done in it.

use super::{Language, Playback};
use heliograph_model::{
    Account, Automation, CacheFigures, Contact, ContactId, DecisionRecord, DeliveryId, MediaId,
    Millis, OutboxState, OutgoingMessage, UserState, Workspace,
};
use serde::{Deserialize, Serialize};

/// A whole snapshot, small enough to be sent whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SimulatorView {
    /// The workspace that is tried out.
    pub workspace: Workspace,
    /// The account that people write to.
    pub account: Account,
    /// What the virtual clock says.
    pub now: Millis,
    /// The people, in the order in which they came.
    pub people: Vec<Person>,
    /// The posts, stories and live videos of the account that people can answer.
    pub media: Vec<Media>,
    /// All automations of the workspace, active or not, in the order in which they are
    /// tried; absent in a glance ([`super::Simulator::glance`]).
    pub automations: Option<Vec<Automation>>,
    /// Counters since the simulator was opened or reset.
    pub figures: Figures,
    /// The conversation as a line of moments, what is due and what goes wrong on purpose.
    pub playback: Playback,
}

/// One simulated person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The instagram-scoped id.
    pub id: ContactId,
    /// The display name.
    pub name: String,
    /// The handle without `@`.
    pub username: String,
    /// Whether the person follows the account, as the simulated Instagram knows it.
    pub follows: bool,
    /// The language in which the person writes: for those who look at the conversation,
    /// because Instagram tells none and the engine sees none.
    pub language: Option<Language>,
    /// The contact as the engine stored it; absent before the first contact.
    pub contact: Option<Contact>,
    /// Where the person stands now; absent when nothing is awaited.
    pub state: Option<UserState>,
    /// Until when the account may write; absent when the person never wrote, or long ago.
    pub window_closes_at: Option<Millis>,
    /// Everything said on every surface, oldest first.
    pub conversation: Vec<Bubble>,
    /// What was decided about this person, newest last, at most 100.
    pub decisions: Vec<DecisionRecord>,
    /// Messages of the account since the person last did something.
    pub unread: u32,
}

/// One thing that was said or done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Bubble {
    /// The message's or comment's id.
    pub id: String,
    /// When.
    pub at: Millis,
    /// Who.
    pub from: Author,
    /// Where.
    pub surface: Surface,
    /// The post, story or live video it belongs to.
    pub media_id: Option<MediaId>,
    /// What.
    pub content: Content,
    /// Whether it is the one private reply to a comment.
    pub private_reply: bool,
    /// For bubbles of the account: how the send stands.
    pub send: Option<OutboxState>,
    /// For bubbles of the account: whether the person has it, also where the engine does
    /// not know that.
    pub arrived: bool,
    /// Why it was not sent, for people.
    pub error: Option<String>,
    /// For bubbles of the person: the delivery that carried it, by which its decision is found.
    pub delivery_id: Option<DeliveryId>,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person.
    Person,
    /// The account: an automation, or a human at the inbox.
    Account,
    /// Nobody: a line between the bubbles, such as “24 hours pass”.
    Note,
}

/// Where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The direct messages.
    Dm,
    /// The direct messages, as a reply to a story.
    StoryReply,
    /// Below a post or reel.
    Comment,
    /// Below a live video.
    LiveComment,
}

/// What was said or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// A message of the account, with its buttons or cards.
    Message {
        /// The message as it was sent.
        message: OutgoingMessage,
    },
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A tap on a button or quick reply.
    Tap {
        /// What stood on it.
        title: String,
    },
    /// The account's answer below a comment.
    PublicReply {
        /// The answer.
        text: String,
    },
    /// A reaction to a message.
    Reaction {
        /// The emoji, or `love`.
        emoji: String,
    },
    /// Something without a text.
    Attachment {
        /// `image`, `story_mention`, …
        kind: String,
    },
    /// Something that was taken back.
    Deleted,
    /// A line between the bubbles.
    Note {
        /// The line.
        text: String,
    },
}

/// Something of the account that people can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// What it is.
    pub kind: MediaSurface,
    /// What it is called, for people.
    pub title: String,
}

/// What kind of media it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum MediaSurface {
    /// A post or reel.
    Post,
    /// A story.
    Story,
    /// A live video.
    Live,
}

/// Counters since the simulator was opened or reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Cache accesses by collection.
    pub cache: CacheFigures,
    /// Deliveries taken from the queue.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub deliveries: u64,
    /// Events that they carried.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub events: u64,
    /// Decisions that were committed.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub decisions: u64,
    /// Sends that Instagram took.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub sent: u64,
    /// Sends that ended otherwise: refused, unknown or dropped.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub failed: u64,
    /// Deliveries that wait in the queue.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub queue_waiting: u64,
    /// Deliveries in the dead letter.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub queue_dead: u64,
}

/// Something that a person, or somebody at the account's inbox, does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Action {
    /// Writes a direct message.
    Say {
        /// Who.
        person: ContactId,
        /// What.
        text: String,
    },
    /// Replies to a story.
    ReplyToStory {
        /// Who.
        person: ContactId,
        /// Which story.
        story: MediaId,
        /// What.
        text: String,
    },
    /// Mentions the account in a story of their own.
    MentionInStory {
        /// Who.
        person: ContactId,
    },
    /// Comments on a post, or on a live video.
    Comment {
        /// Who.
        person: ContactId,
        /// On what.
        media: MediaId,
        /// What.
        text: String,
        /// The comment that this one replies to.
        #[serde(default)]
        parent: Option<String>,
    },
    /// Taps a button of a message of the account.
    Tap {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
        /// The card of a carousel, from 0.
        #[serde(default)]
        card: Option<u32>,
        /// The button, from 0.
        button: u32,
    },
    /// Taps a quick reply below a message of the account.
    TapQuickReply {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
        /// The quick reply, from 0.
        reply: u32,
    },
    /// Sends something without a text.
    Send {
        /// Who.
        person: ContactId,
        /// What.
        what: Sendable,
    },
    /// Reacts to a message of the account.
    React {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
        /// With what.
        emoji: String,
    },
    /// Takes a reaction to a message of the account back.
    Unreact {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
    },
    /// Has seen the account's messages up to this one.
    Read {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
    },
    /// Comes by a link to the conversation that carries a word.
    OpenLink {
        /// Who.
        person: ContactId,
        /// The word.
        reference: String,
    },
    /// Takes back a message of their own.
    DeleteMessage {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
    },
    /// Changes a message of their own.
    EditMessage {
        /// Who.
        person: ContactId,
        /// The message's bubble.
        bubble: String,
        /// What it says now.
        text: String,
    },
    /// Somebody answers by hand from the account's inbox, which Instagram reports as an echo.
    HumanReply {
        /// To whom.
        person: ContactId,
        /// What.
        text: String,
    },
}

/// What can be sent without a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Sendable {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A voice message.
    Audio,
    /// A file.
    File,
    /// Somebody's post.
    IgPost,
    /// Somebody's reel.
    IgReel,
    /// Somebody's story.
    IgStory,
    /// Something else that is shared.
    Share,
    /// A heart.
    LikeHeart,
    /// Something that Instagram does not hand out.
    Unsupported,
}

impl Sendable {
    /// The type of the attachment as Instagram calls it; `None`: it is not handed out.
    #[must_use]
    pub fn attachment(self) -> Option<&'static str> {
        Some(match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
            Self::IgPost => "ig_post",
            Self::IgReel => "ig_reel",
            Self::IgStory => "ig_story",
            Self::Share => "share",
            Self::LikeHeart => "like_heart",
            Self::Unsupported => return None,
        })
    }
}

impl Action {
    /// The person who does it, or to whom the account's inbox answers.
    #[must_use]
    pub fn person(&self) -> &ContactId {
        match self {
            Self::Say { person, .. }
            | Self::ReplyToStory { person, .. }
            | Self::MentionInStory { person }
            | Self::Comment { person, .. }
            | Self::Tap { person, .. }
            | Self::TapQuickReply { person, .. }
            | Self::Send { person, .. }
            | Self::React { person, .. }
            | Self::Unreact { person, .. }
            | Self::Read { person, .. }
            | Self::OpenLink { person, .. }
            | Self::DeleteMessage { person, .. }
            | Self::EditMessage { person, .. }
            | Self::HumanReply { person, .. } => person,
        }
    }
}
