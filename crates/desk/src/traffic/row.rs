//! One line of the list: an event with what became of it, or a request that was refused.

use heliograph_listener::RefusalReason;
use heliograph_model::{
    AccountId, AutomationId, ContactId, DecisionRecord, DeliveryId, DeliverySource, Event,
    EventKind, Millis, OutboxState, Reason, RefusedId, SendRecord, StateChange, Verdict,
};
use heliograph_runtime::guard::is_of_dry_run;
use serde::{Deserialize, Serialize};

/// The longest text of a line, in characters.
const EXCERPT: usize = 140;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrafficRow {
    /// Counts up with every line since the application started; 0 for a line of the
    /// journal that the list does not hold any more.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub number: u64,
    /// When a listener received it, also where it was taken from the queue long after. Where
    /// the engine has a clock of its own, as the Simulator's: when this desk saw it.
    pub at: Millis,
    /// The delivery; absent for a request that was refused.
    pub delivery_id: Option<DeliveryId>,
    /// The event's place in its delivery, from 0; absent until it is decided.
    pub index: Option<u32>,
    /// How many events the delivery carries; 0 when that is not known.
    pub events: u32,
    /// How it came in.
    pub source: RowSource,
    /// The worker elsewhere that handled it, where one told of it.
    pub worker: Option<String>,
    /// The kind of event; absent until it is decided, and where there is none.
    pub kind: Option<EventKind>,
    /// The account that it concerns.
    pub account_id: Option<AccountId>,
    /// The person on the other side.
    pub contact_id: Option<ContactId>,
    /// Their handle, where the event says it.
    pub username: Option<String>,
    /// The beginning of its text or payload; for a refused request, why it was refused.
    pub text: String,
    /// The automation that acts.
    pub automation_id: Option<AutomationId>,
    /// Its name.
    pub automation: Option<String>,
    /// Why the outcome is what it is.
    pub reason: Option<Reason>,
    /// What became of it.
    pub result: RowResult,
    /// Why it was refused, where it was.
    pub refusal: Option<Refused>,
    /// Which of the refused requests it is, where it was.
    pub refused_id: Option<RefusedId>,
    /// From its acceptance to the end of its last send, or to the decision where nothing
    /// is sent; in microseconds of the machine's clock.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub micros: Option<u64>,
}

/// How a delivery came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RowSource {
    /// Posted to the listener.
    Listener,
    /// Said in the simulator.
    Simulator,
    /// Delivered again, or composed, at this desk.
    Replay,
    /// Past this window: a worker elsewhere took it from the queue, and told of it.
    Worker,
}

impl RowSource {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Listener, Self::Simulator, Self::Replay, Self::Worker];

    /// How a delivery came in whose queue says this; whether a worker elsewhere took it, and
    /// whether it was posted to this window's listener.
    pub(super) fn of(source: DeliverySource, is_told: bool, is_accepted: bool) -> Self {
        match Self::from(source) {
            Self::Listener if is_told && !is_accepted => Self::Worker,
            source => source,
        }
    }

    /// Its name in filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listener => "listener",
            Self::Simulator => "simulator",
            Self::Replay => "replay",
            Self::Worker => "worker",
        }
    }
}

impl From<DeliverySource> for RowSource {
    fn from(source: DeliverySource) -> Self {
        match source {
            DeliverySource::Listener => Self::Listener,
            DeliverySource::Simulator => Self::Simulator,
            DeliverySource::Replay => Self::Replay,
        }
    }
}

/// What became of an event, or of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum RowResult {
    /// It has arrived and is not decided yet.
    Waiting,
    /// The listener refused the request.
    Refused,
    /// Nothing was to be done.
    Nothing,
    /// It was handled before.
    Repeat,
    /// Something was noted, and nothing is sent.
    Noted,
    /// What is to be sent is on its way.
    Sending,
    /// A send failed and is tried again later.
    Retrying,
    /// Instagram took everything.
    Sent,
    /// Everything would have been sent, and was not: a dry run sends nothing.
    NotSent,
    /// A send was refused for good.
    Failed,
    /// Nobody knows whether a send arrived.
    Unknown,
    /// A send came too late, or the contact unsubscribed, so it was not attempted.
    Dropped,
    /// The delivery could not be handled.
    Dead,
    /// Somebody removed the delivery from the queue by hand.
    Removed,
}

impl RowResult {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 14] = [
        Self::Sent,
        Self::NotSent,
        Self::Failed,
        Self::Refused,
        Self::Nothing,
        Self::Repeat,
        Self::Noted,
        Self::Waiting,
        Self::Sending,
        Self::Retrying,
        Self::Unknown,
        Self::Dropped,
        Self::Dead,
        Self::Removed,
    ];

    /// Its name in filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Nothing => "nothing",
            Self::Repeat => "repeat",
            Self::Noted => "noted",
            Self::Sending => "sending",
            Self::Retrying => "retrying",
            Self::Sent => "sent",
            Self::NotSent => "not_sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Dropped => "dropped",
            Self::Dead => "dead",
            Self::Removed => "removed",
        }
    }
}

/// Why a request was refused, as the listener says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// A verification that was incomplete or had another token.
    Challenge,
    /// A path or method that the listener does not have.
    NotHere,
    /// Not JSON: by its content type, or by its content.
    NotJson,
    /// Too large, too deep, too slow or broken off.
    Body,
    /// The signature is missing, of another form or wrong.
    Signature,
    /// The listener or its queue had no room.
    NoRoom,
}

impl From<RefusalReason> for Refused {
    fn from(reason: RefusalReason) -> Self {
        match reason {
            RefusalReason::ChallengeIncomplete | RefusalReason::ChallengeRefused => Self::Challenge,
            RefusalReason::NotFound | RefusalReason::MethodNotAllowed => Self::NotHere,
            RefusalReason::UnsupportedMediaType | RefusalReason::NotJson => Self::NotJson,
            RefusalReason::TooLarge
            | RefusalReason::TooSlow
            | RefusalReason::BrokenBody
            | RefusalReason::TooDeep => Self::Body,
            RefusalReason::SignatureMissing
            | RefusalReason::SignatureMalformed
            | RefusalReason::SignatureWrong => Self::Signature,
            RefusalReason::Busy | RefusalReason::QueueUnavailable => Self::NoRoom,
        }
    }
}

impl TrafficRow {
    /// A delivery that has arrived and of which nothing else is known.
    #[must_use]
    pub fn arrived(id: DeliveryId, at: Millis, source: RowSource, events: u32) -> Self {
        Self {
            number: 0,
            at,
            delivery_id: Some(id),
            index: None,
            events,
            source,
            worker: None,
            kind: None,
            account_id: None,
            contact_id: None,
            username: None,
            text: String::new(),
            automation_id: None,
            automation: None,
            reason: None,
            result: if events == 0 {
                RowResult::Nothing
            } else {
                RowResult::Waiting
            },
            refusal: None,
            refused_id: None,
            micros: None,
        }
    }

    /// Takes in what was decided.
    pub fn decided(&mut self, record: &DecisionRecord) {
        let event = &record.event;
        let trace = &record.decision.trace;
        self.index = Some(record.index);
        self.kind = Some(event.kind);
        self.account_id = event.account_id.clone();
        self.contact_id = event.contact_id.clone().or_else(|| event.sender_id.clone());
        self.username.clone_from(&event.username);
        self.text = excerpt(&said(event));
        self.automation_id.clone_from(&trace.automation_id);
        self.automation = trace.automation_id.as_ref().and_then(|id| {
            let found = trace.looked_at.iter().find(|looked| {
                looked.automation_id == *id && matches!(looked.verdict, Verdict::Matched { .. })
            });
            let any = || trace.looked_at.iter().find(|one| one.automation_id == *id);
            found.or_else(any).map(|looked| looked.name.clone())
        });
        self.reason = Some(trace.reason);
        self.result = result_of(record);
    }

    /// Takes in how a send of it stands. The worst of several is what shows.
    pub fn sent(&mut self, record: &SendRecord, all_ended: bool) {
        let new = match record.state {
            OutboxState::Sent if all_ended && is_of_dry_run(record) => RowResult::NotSent,
            OutboxState::Sent if all_ended => RowResult::Sent,
            OutboxState::Sent => RowResult::Sending,
            OutboxState::Retrying => RowResult::Retrying,
            OutboxState::Failed => RowResult::Failed,
            OutboxState::Unknown => RowResult::Unknown,
            OutboxState::Dropped => RowResult::Dropped,
        };
        if rank(new) >= rank(self.result) || self.result == RowResult::Retrying {
            self.result = new;
        }
    }

    /// What its one send came to counts no more: it is sent again.
    pub(super) fn sent_again(&mut self) {
        self.result = RowResult::Sending;
    }
}

/// How bad a result of sends is.
fn rank(result: RowResult) -> u8 {
    match result {
        RowResult::Failed => 5,
        RowResult::Unknown => 4,
        RowResult::Dropped => 3,
        RowResult::Sent | RowResult::NotSent => 2,
        RowResult::Retrying => 1,
        _ => 0,
    }
}

/// What becomes of an event, as far as the decision says it.
fn result_of(record: &DecisionRecord) -> RowResult {
    let decision = &record.decision;
    if decision.trace.reason == Reason::Duplicate {
        return RowResult::Repeat;
    }
    if !decision.effects.is_empty() {
        return RowResult::Sending;
    }
    let noted = !matches!(decision.state, StateChange::Keep)
        || decision.contact.email.is_some()
        || decision.contact.unsubscribed.is_some();
    if noted {
        RowResult::Noted
    } else {
        RowResult::Nothing
    }
}

/// What an event says, in one line.
#[must_use]
pub(crate) fn said(event: &Event) -> String {
    if let Some(text) = event.text.as_deref().filter(|text| !text.is_empty()) {
        return text.to_owned();
    }
    if let Some(payload) = &event.payload {
        return payload.clone();
    }
    if let Some(reaction) = &event.reaction {
        let which = reaction.emoji.as_ref().or(reaction.reaction.as_ref());
        return which.unwrap_or(&reaction.action).clone();
    }
    if !event.attachments.is_empty() {
        let kinds: Vec<&str> = event.attachments.iter().map(|one| &*one.kind).collect();
        return kinds.join(", ");
    }
    if let Some(reference) = event
        .referral
        .as_ref()
        .and_then(|from| from.reference.as_ref())
    {
        return reference.clone();
    }
    event.raw.clone().unwrap_or_default()
}

/// The beginning of a text, on one line.
#[must_use]
pub(crate) fn excerpt(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(EXCERPT)
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect();
    if text.chars().nth(EXCERPT).is_some() {
        out.push('…');
    }
    out
}
