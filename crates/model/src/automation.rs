//! An automation: a trigger and steps.

use crate::{AutomationId, MediaId, Message, Millis, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// The three kinds of automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AutomationType {
    /// Answers a direct message.
    DmAutomation,
    /// Answers a reply to a story.
    StoryReplyFlow,
    /// Answers a comment, publicly, privately or both.
    CommentReplyFlow,
}

impl AutomationType {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::DmAutomation,
        Self::StoryReplyFlow,
        Self::CommentReplyFlow,
    ];

    /// The name as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DmAutomation => "dm_automation",
            Self::StoryReplyFlow => "story_reply_flow",
            Self::CommentReplyFlow => "comment_reply_flow",
        }
    }
}

impl fmt::Display for AutomationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which post or story an automation is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All of them; also every direct message.
    #[default]
    All,
    /// One post, reel, live video or story.
    Media(MediaId),
}

impl Target {
    /// Whether it is for all of them.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// The one post or story, where it is one.
    #[must_use]
    pub fn media(&self) -> Option<&MediaId> {
        match self {
            Self::All => None,
            Self::Media(media) => Some(media),
        }
    }
}

/// A trigger and steps, of one of three types. Tried in order of `priority`, then of
/// `created_at`, then of `id`; the first that matches wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Automation {
    /// Its id.
    pub id: AutomationId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it answers.
    #[serde(rename = "type")]
    pub kind: AutomationType,
    /// Its name, for people.
    pub name: String,
    /// Only active automations are tried.
    #[serde(default)]
    pub is_active: bool,
    /// Smaller is tried earlier.
    #[serde(default)]
    pub priority: i32,
    /// The story (story reply flows) or post (comment reply flows) it is for.
    #[serde(default, skip_serializing_if = "Target::is_all")]
    pub target: Target,
    /// What sets it off.
    pub trigger: Trigger,
    /// What it then does.
    #[serde(default)]
    pub steps: Steps,
    /// Counted up by every edit, so that two editors notice each other.
    #[serde(default)]
    pub version: u32,
    /// When it was created.
    #[serde(default)]
    pub created_at: Millis,
    /// When it was last edited.
    #[serde(default)]
    pub updated_at: Millis,
}

impl Automation {
    /// Which of two is tried earlier: by priority, then creation time, then id.
    #[must_use]
    pub fn cmp_tried(&self, other: &Self) -> Ordering {
        let key = |one: &Self| (one.priority, one.created_at);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.id.cmp(&other.id))
    }
}

/// What sets an automation off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Anything, or some words.
    pub mode: TriggerMode,
    /// The words, for `specific_keywords`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keyword>,
    /// For comments: whether a reply to another comment counts too.
    #[serde(default)]
    pub include_replies: bool,
}

/// Anything, or some words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TriggerMode {
    /// Whatever is said.
    #[default]
    AnyReply,
    /// One of the keywords must be in it.
    SpecificKeywords,
}

/// One keyword.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Keyword {
    /// The word or words. Case, accents and Unicode width do not matter.
    pub text: String,
    /// How it is looked for.
    #[serde(default, rename = "match")]
    pub kind: KeywordMatch,
}

/// How a keyword is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum KeywordMatch {
    /// As a word of its own.
    #[default]
    WholeWord,
    /// Anywhere, also inside a word.
    Anywhere,
    /// The whole message is the keyword and nothing else.
    Exactly,
}

/// The steps of a conversation. A step that is absent or not enabled is left out; the
/// order is that of the fields and no other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct Steps {
    /// Comment reply flows only: answers the comment where everybody sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_reply: Option<PublicReplyStep>,
    /// Story reply flows only: reacts to the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<ReactionStep>,
    /// A text with a button, which must be clicked to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<OpeningStep>,
    /// Asks the person to follow the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow: Option<FollowStep>,
    /// Asks for an email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailStep>,
    /// What the person came for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<MainStep>,
}

/// The steps by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Answers a comment publicly.
    PublicReply,
    /// Reacts to a story reply.
    Reaction,
    /// Opening message with a button.
    Opening,
    /// Ask to follow.
    Follow,
    /// Ask for an email address.
    Email,
    /// Main message.
    Main,
}

impl StepName {
    /// The name as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PublicReply => "public_reply",
            Self::Reaction => "reaction",
            Self::Opening => "opening",
            Self::Follow => "follow",
            Self::Email => "email",
            Self::Main => "main",
        }
    }

    /// The step of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::PublicReply,
            Self::Reaction,
            Self::Opening,
            Self::Follow,
            Self::Email,
            Self::Main,
        ]
        .into_iter()
        .find(|step| step.as_str() == name)
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Answers the comment where everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PublicReplyStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// One of these is sent, so that a post is not full of the same sentence. Which one
    /// follows from the comment's id.
    pub texts: Vec<String>,
}

/// Reacts to the story reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReactionStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// `love` or any emoji.
    pub reaction: String,
}

/// A text with a button; the conversation goes on when it is clicked, its quick reply is
/// chosen, or its title is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpeningStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The text above the button.
    pub text: String,
    /// The button's title.
    pub button: String,
    /// Sent so many seconds later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_seconds: u32,
}

/// Asks the person to follow the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FollowStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The text above the button.
    pub text: String,
    /// The button's title.
    pub button: String,
    /// Whether the profile must say that the person follows.
    #[serde(default)]
    pub verify: bool,
    /// With `verify`: a person who follows already is not asked.
    #[serde(default)]
    pub skip_when_following: bool,
    /// Said instead of `text` when the person does not follow yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_text: Option<String>,
    /// How often it asks in all, the first time included.
    #[serde(default = "three")]
    pub most_asks: u32,
    /// What then.
    #[serde(default)]
    pub when_exhausted: WhenExhausted,
    /// Sent so many seconds later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_seconds: u32,
}

/// Asks for an email address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EmailStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The question.
    pub text: String,
    /// Said instead of `text` after an answer without a valid address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_text: Option<String>,
    /// A contact whose address is known already is not asked.
    #[serde(default)]
    pub skip_when_known: bool,
    /// How often it asks in all, the first time included.
    #[serde(default = "three")]
    pub most_asks: u32,
    /// What then.
    #[serde(default)]
    pub when_exhausted: WhenExhausted,
    /// Sent so many seconds later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_seconds: u32,
}

/// What happens when a step has asked often enough.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WhenExhausted {
    /// The flow ends.
    #[default]
    End,
    /// The step is skipped and the flow goes on.
    Skip,
}

/// What the person came for: one or several messages, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MainStep {
    /// Off without being deleted.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The messages.
    pub messages: Vec<Message>,
    /// Sent so many seconds later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub delay_seconds: u32,
}

fn yes() -> bool {
    true
}

fn three() -> u32 {
    3
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(seconds: &u32) -> bool {
    *seconds == 0
}
