//! Messages: as an operator writes them, and as they are sent.

use crate::StepName;
use serde::{Deserialize, Serialize};

/// A message as an operator writes it: texts may hold variables such as
/// `{{contact.first_name|there}}`, with what stands after the bar as the fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Message {
    /// A text, with quick replies below it where there are some.
    Text {
        /// The text.
        text: String,
        /// Offered answers; they vanish once one is chosen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        quick_replies: Vec<QuickReply>,
    },
    /// A text with buttons that stay.
    Buttons {
        /// The text.
        text: String,
        /// One to three buttons.
        buttons: Vec<Button>,
    },
    /// Cards to swipe through.
    Carousel {
        /// One to ten cards.
        cards: Vec<Card>,
    },
    /// An image, a video, a voice clip or a file by its https address.
    Media {
        /// What it is.
        kind: MediaKind,
        /// Where it is.
        url: String,
    },
}

/// A quick reply; a tap leads to a step of the same automation, or only says its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QuickReply {
    /// What is offered.
    pub title: String,
    /// The step that a tap leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepName>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Button {
    /// What stands on it.
    pub title: String,
    /// What it does.
    #[serde(flatten)]
    pub action: ButtonAction,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Opens an https address.
    Url(String),
    /// Leads to a step of the same automation.
    Step(StepName),
}

/// One card of a carousel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The heading.
    pub title: String,
    /// The line below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// A picture's https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Up to three buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// What kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// png or jpeg, up to 8 MB.
    Image,
    /// mp4, ogg, avi, mov or webm, up to 25 MB.
    Video,
    /// aac, m4a, wav or mp4, up to 25 MB.
    Audio,
    /// pdf, up to 25 MB.
    File,
}

impl MediaKind {
    /// The name as Instagram writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }
}

/// A message as it is sent: variables filled in, buttons with their payloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum OutgoingMessage {
    /// A text, with quick replies.
    Text {
        /// The text.
        text: String,
        /// Offered answers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        quick_replies: Vec<OutgoingQuickReply>,
    },
    /// A text with buttons.
    Buttons {
        /// The text.
        text: String,
        /// The buttons.
        buttons: Vec<OutgoingButton>,
    },
    /// Cards.
    Carousel {
        /// The cards.
        cards: Vec<OutgoingCard>,
    },
    /// Media by address.
    Media {
        /// What it is.
        kind: MediaKind,
        /// Where it is.
        url: String,
    },
}

/// A quick reply as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OutgoingQuickReply {
    /// What is offered.
    pub title: String,
    /// What comes back.
    pub payload: String,
}

/// A button as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct OutgoingButton {
    /// What stands on it.
    pub title: String,
    /// What it does.
    #[serde(flatten)]
    pub action: OutgoingAction,
}

/// What a sent button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum OutgoingAction {
    /// Opens an address.
    Url(String),
    /// Comes back as a postback with this payload.
    Payload(String),
}

/// A card as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OutgoingCard {
    /// The heading.
    pub title: String,
    /// The line below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// A picture's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<OutgoingButton>,
}
