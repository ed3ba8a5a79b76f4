//! What a scenario says, once it has been read.

use super::Place;
use super::expected::Expectation;
use crate::simulator::{Language, MediaSurface};
use heliograph_model::{Awaiting, ContactId, MediaId, Millis};
use serde::{Deserialize, Serialize};

/// A conversation and what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it shows, for whoever reads it.
    pub about: Option<String>,
    /// The workspace that it plays in: a name or a file's path.
    pub workspace: String,
    /// The account that people write to: a username or an id. The first one otherwise.
    pub account: Option<String>,
    /// What the virtual clock says at the start.
    pub starts: Millis,
    /// Who takes part, in the order in which they are written.
    pub people: Vec<Character>,
    /// Posts, stories and live videos by the names that the steps use.
    pub media: Vec<NamedMedia>,
    /// Whether a message that no step expects is a failure.
    pub strict: bool,
    /// What happens, and what is expected.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// The virtual time at which a scenario starts that does not say: Monday, 2 March
    /// 2026, 09:00 UTC.
    pub const STARTS: Millis = Millis(1_772_442_000_000);
}

/// One of the people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Character {
    /// What the steps call them: one word.
    pub key: String,
    /// The instagram-scoped id, where the scenario gives one.
    pub id: Option<ContactId>,
    /// The display name.
    pub name: String,
    /// The handle without `@`.
    pub username: String,
    /// Whether they follow the account at the start.
    pub follows: bool,
    /// Whether they unsubscribed before the start.
    pub unsubscribed: bool,
    /// The language in which they write. It is shown, and nothing else comes of it.
    pub language: Option<Language>,
    /// An address that the account knows from before.
    pub email: Option<String>,
    /// Instagram says nothing about them: they are not known to it.
    pub hidden: bool,
}

/// A post, story or live video by the name that the steps use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMedia {
    /// One word.
    pub key: String,
    /// Its id.
    pub id: MediaId,
    /// What it is.
    pub kind: MediaSurface,
}

/// One line of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where it stands.
    pub place: Place,
    /// How it begins, as it is written.
    pub line: String,
    /// What it is.
    pub kind: StepKind,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Somebody does something, which becomes a webhook.
    Act(Act),
    /// Several things that come in one delivery.
    Together(Vec<Act>),
    /// So many people say the same in one delivery.
    Crowd {
        /// How many.
        count: u32,
        /// What each says.
        text: String,
    },
    /// The last delivery comes again so many times.
    Again(u32),
    /// A webhook as it stands in a file or in the scenario.
    Webhook(RawWebhook),
    /// So many milliseconds pass.
    Pass(i64),
    /// A person follows the account, or stops following it.
    Follow {
        /// Who.
        who: String,
        /// Which of both.
        follows: bool,
    },
    /// The operator changes something.
    Operator(Change),
    /// The operator sets something of a person by hand.
    ByHand {
        /// Whose.
        who: String,
        /// What.
        what: ByHand,
    },
    /// Something goes wrong, or right again.
    Fault(Trouble),
    /// Something must be so.
    Expect(Expectation),
}

/// What the operator sets of a person by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// Whether they are unsubscribed.
    Unsubscribed(bool),
    /// The address that is known of them.
    Email(Option<String>),
    /// Where they stand: what is awaited in the automation of that name.
    Standing(Option<(Awaiting, String)>),
    /// That they stand again where they stood before the operator took that away.
    Back,
}

/// Somebody does something.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// The person, or the one at whom the account's own act is directed.
    pub who: String,
    /// What.
    pub deed: Deed,
    /// So many milliseconds before it arrives.
    pub ago: i64,
}

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Writes a direct message.
    Say(String),
    /// Sends something without a text: the attachment type as Instagram calls it.
    SendAttachment(String),
    /// Sends something that Instagram does not hand out.
    SendUnsupported,
    /// Taps a button.
    Tap(Tapped),
    /// Chooses a quick reply.
    Choose(Tapped),
    /// Taps an ice breaker or a menu item of the account.
    TapIceBreaker {
        /// What stands on it.
        title: String,
        /// What it sends back.
        payload: String,
    },
    /// Replies to a story.
    ReplyToStory {
        /// The story's name.
        story: String,
        /// What.
        text: String,
    },
    /// Mentions the account in a story.
    MentionInStory,
    /// Comments on a post or live video.
    Comment {
        /// The post's name.
        media: String,
        /// What.
        text: String,
        /// On the advertisement for that post, which has an id of its own.
        on_ad: bool,
    },
    /// Replies to somebody's last comment.
    ReplyToComment {
        /// Whose.
        of: String,
        /// What.
        text: String,
        /// A part of the comment that is meant; the last one otherwise.
        comment: Option<String>,
    },
    /// The account itself comments.
    OwnComment {
        /// The post's name.
        media: String,
        /// What.
        text: String,
    },
    /// The account itself replies to the last comment of `who`.
    OwnReplyToComment(String),
    /// Reacts to a message of the account.
    React {
        /// With what; `None` takes the reaction back.
        emoji: Option<String>,
        /// A part of the message that is meant; the last one otherwise.
        on: Option<String>,
    },
    /// Has seen a message of the account: the one with this part, or the last one.
    Read(Option<String>),
    /// Takes a message of their own back: the one with this part, or the last one.
    Delete(Option<String>),
    /// Changes a message of their own.
    Edit {
        /// What it says then.
        text: String,
        /// A part of the message that is meant; the last one otherwise.
        of: Option<String>,
    },
    /// Comes by a link that carries this.
    OpenLink(String),
    /// Somebody answers by hand from the account's inbox.
    HumanAnswer(String),
    /// Instagram reports the account's last message to this person.
    Echo,
}

/// Which button or quick reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tapped {
    /// What stands on it.
    pub title: String,
    /// Part of the text of the message it belongs to; otherwise the newest message that
    /// has such a button.
    pub of: Option<String>,
    /// The heading of the card it is on; otherwise the first card that has such a button.
    pub card: Option<String>,
}

/// A webhook as it stands somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawWebhook {
    /// In a file.
    File(String),
    /// In the scenario.
    Body(String),
}

/// The operator changes something.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Fields of an automation, merged into its JSON.
    Update {
        /// The automation's name.
        automation: String,
        /// The fields.
        set: serde_json::Value,
    },
    /// On or off.
    Toggle {
        /// The automation's name.
        automation: String,
        /// On.
        active: bool,
    },
    /// Deletes an automation.
    Delete(String),
    /// Creates an automation.
    Create(serde_json::Value),
    /// Puts an automation in front of all others of its type.
    TryFirst(String),
    /// Fields of the account, merged into its JSON.
    Account(serde_json::Value),
}

/// Something goes wrong, or right again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Instagram answers so, this many times, or until it recovers.
    Instagram {
        /// How.
        answer: BadAnswer,
        /// How many times; `None` until it recovers.
        times: Option<u32>,
    },
    /// Instagram answers well again.
    Recovers,
    /// The cache has lost everything.
    CacheLost,
    /// The next delivery comes twice, or does not after all.
    ComesTwice(bool),
    /// The next delivery is held back until another one has arrived.
    HeldBack,
    /// What is held back arrives.
    Arrives,
    /// The store takes so many milliseconds longer, of real time; 0: no longer than it
    /// needs.
    StoreSlow(u32),
}

/// How Instagram answers when it does not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum BadAnswer {
    /// Status 500.
    ServerError,
    /// Too many requests.
    TooMany,
    /// The access token has expired.
    TokenExpired,
    /// It takes the request and then drops the connection.
    DropsAfter,
    /// It drops the connection without having taken the request.
    DropsBefore,
    /// It refuses the request for good.
    Refuses,
    /// It says that the 24 hours are over.
    OutsideWindow,
    /// It says that the person cannot be reached: they blocked the account.
    Unreachable,
}
