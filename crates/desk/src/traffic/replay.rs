//! A delivery again, as it was or changed, into the engine or to an address; and what
//! came of it beside what came of the first one.

use super::compare::{Comparison, compare};
use super::compose::must_be_json;
use super::note::named;
use super::open::{OpenedDelivery, what_is_sent};
use super::post::{Answered, address, post, without_credentials};
use super::refresh::refreshed;
use super::row::{RowSource, excerpt};
use super::words::texts;
use super::{KnownSecret, Result, SignatureState, SpanKind, Traffic, TrafficError};
use heliograph_model::{
    Awaiting, DeliveryId, DeliverySource, EventKind, NewDelivery, OutboxState, Reason,
};
use heliograph_runtime::Runtime;
use heliograph_runtime::audit::Change;
use heliograph_runtime::elsewhere::Elsewhere;
use reqwest::Url;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long a replay waits for its decisions.
const DECIDED: Duration = Duration::from_secs(5);
/// How long it waits for its sends after that; what is delayed on purpose is not waited for.
const SENT: Duration = Duration::from_millis(1_500);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// What is to be sent, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Sending {
    /// The delivery that it repeats, whose outcome is compared.
    pub delivery_id: Option<DeliveryId>,
    /// The body; absent: that of the delivery, byte for byte.
    pub body: Option<String>,
    /// Whether it is to be new.
    pub freshness: Freshness,
    /// Where it goes.
    pub target: ReplayTarget,
}

/// Whether a delivery is a repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// As it is: what was handled before counts as a repeat.
    AsItWas,
    /// With ids and times that nobody has seen yet.
    AsNew,
}

/// Where a delivery goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum ReplayTarget {
    /// Into the engine's queue.
    Engine,
    /// Posted to an address.
    Url {
        /// The address.
        url: String,
        /// The app secret to sign with; absent: that of the desk's own listener.
        secret: Option<String>,
    },
}

/// What came of a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// The delivery that was repeated.
    pub original: Option<DeliveryId>,
    /// The new one, where it went into the engine, or to this window's own listener.
    pub delivery_id: Option<DeliveryId>,
    /// What a server answered, where it was posted.
    pub answered: Option<Answered>,
    /// What this window's listener had answered the first time, where another server has
    /// it now.
    pub first_answer: Option<FirstAnswer>,
    /// Both outcomes side by side, where there are two.
    pub comparison: Option<Comparison>,
    /// What came of it in the engine.
    pub outcome: Option<DeliveryOutcome>,
    /// Why the outcomes are not compared, where it was taken.
    pub not_compared: Option<NotCompared>,
    /// Why nothing came of it.
    pub error: Option<String>,
}

/// What a listener had answered when a delivery first came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FirstAnswer {
    /// The status.
    pub status: u16,
    /// The answer's body.
    pub body: String,
    /// How long it took, in microseconds; known of the latest only.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub micros: Option<u64>,
}

/// Why two outcomes are not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum NotCompared {
    /// It repeats no delivery.
    NothingBefore,
    /// What came of the first one is not known here.
    FirstUnknown,
    /// Another server has it: only its answer is known.
    AnotherServer,
    /// It is in the queue, this window handles no deliveries, and no worker elsewhere tells
    /// what it handles.
    HandledElsewhere,
    /// Nothing of it was seen to be decided in time: the queue is long or stands still, or
    /// a worker has it that tells nothing.
    NotInTime,
}

impl Replayed {
    /// A replay of which nothing has come yet.
    pub(super) fn of(original: Option<DeliveryId>) -> Self {
        Self {
            original,
            delivery_id: None,
            answered: None,
            first_answer: None,
            comparison: None,
            outcome: None,
            not_compared: None,
            error: None,
        }
    }
}

/// What came of a delivery, without its ids and times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryOutcome {
    /// Event by event.
    pub events: Vec<EventOutcome>,
}

/// What came of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EventOutcome {
    /// What it was.
    pub kind: EventKind,
    /// What it said.
    pub text: Option<String>,
    /// Why the outcome is what it is.
    pub reason: Reason,
    /// The reason in one sentence.
    pub summary: String,
    /// The automation that acted, by its name or else its id.
    pub automation: Option<String>,
    /// What is awaited now.
    pub awaited: Option<Awaiting>,
    /// What was sent, in order.
    pub sends: Vec<SentOutcome>,
}

/// What came of a send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SentOutcome {
    /// What it is: the main message, the public reply.
    pub what: String,
    /// What it says.
    pub text: String,
    /// How it ended; absent while it is on its way.
    pub state: Option<OutboxState>,
}

impl Traffic {
    /// Sends a delivery, and waits until it is seen what came of it, where that is seen
    /// here.
    ///
    /// # Errors
    /// When there is nothing to send, it is not JSON, the profile does not allow it, or
    /// nobody took it.
    pub async fn send(&self, sending: Sending) -> Result<Replayed> {
        let runtime = self.runtime()?;
        self.send_before(&runtime, sending).await
    }

    /// As [`Self::send`], before a profile.
    pub(super) async fn send_before(
        &self,
        runtime: &Runtime,
        sending: Sending,
    ) -> Result<Replayed> {
        let original = match sending.delivery_id {
            Some(id) => Some(self.open_delivery(id).await?),
            None => None,
        };
        let body = match (sending.body, &original) {
            (Some(body), _) => body,
            (None, Some(opened)) => opened.body.clone().ok_or_else(|| {
                TrafficError::Invalid(
                    "Its body is not known here: it came past this window’s listener, and no worker \
                     told it. Whoever put it into the queue has it; paste it into “Compose a webhook”."
                        .to_owned(),
                )
            })?,
            (None, None) => {
                let nothing = "Write a body, or choose a delivery to send again.";
                return Err(TrafficError::Invalid(nothing.to_owned()));
            }
        };
        let body = as_sent(runtime, body, sending.freshness)?;
        let mut replayed = Replayed::of(sending.delivery_id);
        match sending.target {
            ReplayTarget::Engine => {
                let id = runtime
                    .queue()
                    .push(NewDelivery {
                        received_at: runtime.clock().now(),
                        source: DeliverySource::Replay,
                        body: body.into(),
                        secret: None,
                        accounts: Vec::new(),
                    })
                    .await?;
                self.look_at(runtime, id, original.as_ref(), &mut replayed)
                    .await;
            }
            ReplayTarget::Url { url, secret } => {
                let url = address(&url, runtime.guard().level())?;
                let secret = self.secret_or_own(secret)?;
                let subject = subject(sending.delivery_id, &url);
                let change = Change::new("Posting a delivery", subject).to(body.as_str());
                let expected = self.shared.expecting.expect(&body);
                let call = post(&self.client, url, body, &secret);
                let guard = runtime.guard();
                let answered = guard.beside(change, call, Answered::refusal).await?;
                let took_it = answered.is_good();
                replayed.answered = Some(answered);
                match expected.became() {
                    Some(id) => {
                        self.look_at(runtime, id, original.as_ref(), &mut replayed)
                            .await;
                    }
                    None => {
                        replayed.first_answer = original.as_ref().and_then(first_answer);
                        replayed.not_compared = took_it.then_some(NotCompared::AnotherServer);
                    }
                }
            }
        }
        Ok(replayed)
    }

    /// A body as it would be sent: as it is, or with ids and times that nobody has seen yet.
    ///
    /// # Errors
    /// When it is not JSON, or nothing runs that could say the time.
    pub fn as_sent(&self, body: String, freshness: Freshness) -> Result<String> {
        let runtime = self.runtime()?;
        as_sent(&runtime, body, freshness)
    }

    /// Sees what comes of a delivery that is in the queue, and compares it with what came
    /// of the first one. That it is not seen is no error: it is sent.
    async fn look_at(
        &self,
        runtime: &Runtime,
        id: DeliveryId,
        original: Option<&OpenedDelivery>,
        replayed: &mut Replayed,
    ) {
        replayed.delivery_id = Some(id);
        let is_told = runtime.elsewhere().is_some_and(Elsewhere::is_told);
        if !runtime.guard().works_here() && !is_told {
            replayed.not_compared = Some(NotCompared::HandledElsewhere);
            return;
        }
        let opened = match self.outcome_of(id).await {
            Ok(Some(opened)) => opened,
            Ok(None) => {
                replayed.not_compared = Some(NotCompared::NotInTime);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, delivery = id.0, "what came of a replay is not known");
                replayed.not_compared = Some(NotCompared::NotInTime);
                return;
            }
        };
        let after = outcome(&opened);
        match original {
            None => replayed.not_compared = Some(NotCompared::NothingBefore),
            Some(first) if !after.events.is_empty() && !self.is_known(first) => {
                replayed.not_compared = Some(NotCompared::FirstUnknown);
            }
            Some(first) => replayed.comparison = Some(compare(&outcome(first), &after)),
        }
        replayed.outcome = Some(after);
    }

    /// Whether it is known here what came of a delivery.
    fn is_known(&self, opened: &OpenedDelivery) -> bool {
        let state = self.shared.state.lock();
        let note = opened.delivery_id.and_then(|id| state.tail.note(id));
        !opened.decisions.is_empty()
            || note.is_some_and(|note| note.dead.is_some() || note.is_decided())
    }

    /// The secret that was typed, which is known from now on, or that of the listener.
    ///
    /// # Errors
    /// When none was typed and there is no listener.
    pub fn secret_or_own(&self, typed: Option<String>) -> Result<SecretString> {
        match typed.filter(|secret| !secret.trim().is_empty()) {
            Some(secret) => {
                let secret = SecretString::from(secret.trim().to_owned());
                self.know(KnownSecret {
                    name: "a secret that was typed here".to_owned(),
                    secret: secret.clone(),
                    accepted: false,
                });
                Ok(secret)
            }
            None => {
                let mut all = self.shared.secrets.all().into_iter();
                let own = all.find(|known| known.accepted);
                own.map(|known| known.secret).ok_or_else(|| {
                    TrafficError::Invalid("Type the app secret to sign with.".to_owned())
                })
            }
        }
    }

    /// A delivery, as soon as it is seen what came of it; `None` where that is not seen in
    /// time.
    async fn outcome_of(&self, id: DeliveryId) -> Result<Option<OpenedDelivery>> {
        let began = Instant::now();
        loop {
            let (decided, ended) = {
                let state = self.shared.state.lock();
                let note = state.tail.note(id);
                // What the list began with was decided before it was looked at.
                let ended = note.is_some_and(|note| {
                    note.dead.is_some() || note.is_removed || note.from_journal
                });
                (note.is_some_and(super::note::Note::is_decided), ended)
            };
            if ended || decided {
                break;
            }
            if began.elapsed() > DECIDED {
                return Ok(None);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let began = Instant::now();
        loop {
            let opened = self.open_delivery(id).await?;
            let effects: usize = opened
                .decisions
                .iter()
                .map(|one| one.decision.effects.len())
                .sum();
            let ended = opened
                .sends
                .iter()
                .filter(|sent| sent.record.state != OutboxState::Retrying)
                .count();
            if ended >= effects || began.elapsed() > SENT {
                return Ok(Some(opened));
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }
}

fn as_sent(runtime: &Runtime, body: String, freshness: Freshness) -> Result<String> {
    must_be_json(&body)?;
    Ok(match freshness {
        Freshness::AsItWas => body,
        Freshness::AsNew => refreshed(&body, runtime.clock().now(), fastrand::u32),
    })
}

/// What is posted where to, for the audit log.
fn subject(original: Option<DeliveryId>, url: &Url) -> String {
    let what = original.map_or_else(|| "a composed delivery".to_owned(), named);
    format!("{what} to {}", without_credentials(url))
}

/// What this window's listener answered when a delivery first came, where it did.
fn first_answer(opened: &OpenedDelivery) -> Option<FirstAnswer> {
    if opened.source != RowSource::Listener || opened.signature.state != SignatureState::Good {
        return None;
    }
    let (status, body) = heliograph_listener::accepted_answer();
    let mut spans = opened.spans.iter();
    Some(FirstAnswer {
        status,
        body: body.to_owned(),
        micros: spans
            .find(|span| span.kind == SpanKind::Listener)
            .map(|span| span.micros),
    })
}

/// What came of a delivery.
fn outcome(opened: &OpenedDelivery) -> DeliveryOutcome {
    let mut left: Vec<_> = opened.sends.iter().map(|sent| &sent.record).collect();
    let events = opened
        .decisions
        .iter()
        .map(|record| {
            let trace = &record.decision.trace;
            let name = trace.automation_id.as_ref().map(|id| {
                let looked = trace.looked_at.iter().find(|one| one.automation_id == *id);
                looked.map_or_else(|| id.to_string(), |looked| looked.name.clone())
            });
            let sends = record
                .decision
                .effects
                .iter()
                .map(|effect| {
                    // The last try of the first send like this one.
                    let first = left.iter().find(|send| send.effect == *effect);
                    let outbox = first.map(|send| send.outbox_id);
                    let mut tries = left.iter().filter(|send| Some(send.outbox_id) == outbox);
                    let state = tries.next_back().map(|send| send.state);
                    left.retain(|send| Some(send.outbox_id) != outbox);
                    SentOutcome {
                        what: what_is_sent(effect),
                        text: excerpt(texts(effect).first().unwrap_or(&"")),
                        state,
                    }
                })
                .collect();
            EventOutcome {
                kind: record.event.kind,
                text: record
                    .event
                    .text
                    .clone()
                    .or_else(|| record.event.payload.clone()),
                reason: trace.reason,
                summary: trace.summary.clone(),
                automation: name,
                awaited: trace.state_after,
                sends,
            }
        })
        .collect();
    DeliveryOutcome { events }
}
