//! The conversation as a line of moments: what was done, what came of each, what is due,
//! and what goes wrong on purpose.

use crate::scenario::BadAnswer;
use heliograph_model::{Awaiting, ContactId, DeliveryId, Millis, Reason, UserState};
use serde::{Deserialize, Serialize};

/// The conversation as a line of moments, compact: what a moment changed is told on
/// request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Playback {
    /// Everything that was done, oldest first, at most the last 300; behind `position`
    /// what was undone and can be done again.
    pub moments: Vec<Moment>,
    /// The number of the last moment that holds.
    pub position: u32,
    /// Why going back or forward stopped before it was there.
    pub stopped: Option<String>,
    /// How many times faster than the world the clock runs; 0: it stands still.
    pub speed: u32,
    /// What happens when time passes, the next one first.
    pub due: Vec<Due>,
    /// What goes wrong on purpose now.
    pub faults: ActiveFaults,
}

/// One thing that was done, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// Its number, from 1.
    pub number: u32,
    /// The virtual time at which it began.
    pub at: Millis,
    /// What it was.
    pub kind: MomentKind,
    /// Who did it, or whom it concerns.
    pub person: Option<ContactId>,
    /// What was said or done, in a few words.
    pub label: String,
    /// What came of it, for each person whom it reached.
    pub marks: Vec<Mark>,
}

/// What kind of moment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum MomentKind {
    /// A direct message.
    Wrote,
    /// A tap on a button or a quick reply.
    Tapped,
    /// A comment.
    Commented,
    /// A reply to a story.
    RepliedToStory,
    /// A mention in a story.
    Mentioned,
    /// Something without a text.
    Attached,
    /// A reaction, or one taken back.
    Reacted,
    /// A message was seen.
    Read,
    /// A message was taken back.
    Deleted,
    /// A message was changed.
    Changed,
    /// Somebody came by a link.
    Referred,
    /// The account itself wrote by hand.
    ByHand,
    /// A delivery came once more.
    Again,
    /// A webhook came from outside.
    Arrived,
    /// Time passed.
    Time,
    /// A person was added.
    Joined,
    /// A person follows the account.
    Followed,
    /// A person does not follow the account any more.
    Unfollowed,
    /// What is stored of a person was changed by hand.
    Noted,
    /// Where a person stands was changed by hand.
    Put,
    /// Something goes wrong on purpose, or right again.
    Fault,
    /// Automations were edited.
    Edited,
}

/// What came of a moment for one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// Who.
    pub person: ContactId,
    /// The delivery that was decided last.
    pub delivery_id: Option<DeliveryId>,
    /// Why it was decided as it was.
    pub reason: Option<Reason>,
    /// Sends that Instagram took.
    pub sent: u32,
    /// Tries that are made again later.
    pub waiting: u32,
    /// Sends that ended otherwise.
    pub failed: u32,
    /// Reads that the cache answered.
    pub hits: u32,
    /// Reads that it did not.
    pub misses: u32,
    /// Whether something else is awaited than before.
    pub moved: bool,
    /// What is awaited since then.
    pub awaiting: Option<Awaiting>,
}

impl Mark {
    /// Nothing yet.
    #[must_use]
    pub fn of(person: ContactId) -> Self {
        Self {
            person,
            delivery_id: None,
            reason: None,
            sent: 0,
            waiting: 0,
            failed: 0,
            hits: 0,
            misses: 0,
            moved: false,
            awaiting: None,
        }
    }
}

/// A moment with what it changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MomentDetail {
    /// The moment.
    pub moment: Moment,
    /// What is otherwise since then, person by person.
    pub differences: Vec<Difference>,
    /// Where people stood after it: those of whom something was awaited.
    pub states: Vec<UserState>,
}

/// One thing that a moment changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Whose.
    pub person: ContactId,
    /// The user state or the contact.
    pub of: Document,
    /// The field, as it is stored.
    pub field: String,
    /// What it was; absent where it was not there.
    pub before: Option<String>,
    /// What it is since then; absent where it is not there any more.
    pub after: Option<String>,
    /// Whether both are points in time, in milliseconds.
    pub is_time: bool,
}

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// Where somebody stands.
    State,
    /// What is known of somebody.
    Contact,
}

/// Something that happens when time passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Due {
    /// When.
    pub at: Millis,
    /// What.
    pub kind: DueKind,
    /// Whom it concerns.
    pub person: Option<ContactId>,
    /// What expires, where a state does.
    pub awaiting: Option<Awaiting>,
    /// What is sent, where something is.
    pub text: Option<String>,
}

/// What happens when time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// A delayed message is sent.
    Send,
    /// A send is tried again.
    Retry,
    /// What is awaited of somebody is not awaited any more.
    StateExpires,
    /// Automations answer somebody again whom a human had answered.
    SilenceEnds,
    /// The account may not write to somebody any more.
    WindowCloses,
}

/// What goes wrong on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Instagram answers the sends so, this many times, or until it recovers.
    Instagram {
        /// How.
        answer: BadAnswer,
        /// How many times; absent until it recovers.
        times: Option<u32>,
    },
    /// Instagram answers well again.
    Recovers,
    /// The next delivery comes twice; `false` takes that back.
    ComesTwice {
        /// Whether it does.
        on: bool,
    },
    /// The next delivery is held back until another one has arrived.
    HeldBack,
    /// What is held back arrives now; where nothing is, nothing will be.
    Arrives,
    /// The last delivery comes again.
    Again,
    /// The cache has lost everything.
    CacheLost,
    /// The store takes so many milliseconds longer; 0: no longer than it needs.
    StoreSlow {
        /// How much longer.
        millis: u32,
    },
}

/// What goes wrong on purpose now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ActiveFaults {
    /// How Instagram answers sends, the next one first.
    pub instagram: Vec<ActiveAnswer>,
    /// The next delivery comes twice.
    pub comes_twice: bool,
    /// The next delivery is held back.
    pub holds_next: bool,
    /// A delivery is held back.
    pub holds: bool,
    /// Whether something was delivered that could come again.
    pub can_repeat: bool,
    /// How much longer the store takes, in milliseconds; 0: no longer than it needs.
    pub store_slow: u32,
}

/// How Instagram answers sends at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ActiveAnswer {
    /// How.
    pub answer: BadAnswer,
    /// How many times more; absent until it recovers.
    pub times: Option<u32>,
}
