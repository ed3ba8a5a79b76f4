//! A delivery again, as it was or changed, into the engine or to an address; and what
//! came of it beside what came of the first one.

use super::compare::{Comparison, compare};
use super::compose::must_be_json;
use super::open::{OpenedDelivery, what_is_sent};
use super::post::{Answered, address, post};
use super::refresh::refreshed;
use super::row::excerpt;
use super::words::texts;
use super::{KnownSecret, Result, Traffic, TrafficError};
use heliograph_model::{
    Awaiting, DeliveryId, DeliverySource, EventKind, NewDelivery, OutboxState, Reason,
};
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
    /// The new one, where it went into the engine.
    pub delivery_id: Option<DeliveryId>,
    /// What a server answered, where it was posted.
    pub answered: Option<Answered>,
    /// Both outcomes side by side, where there are two.
    pub comparison: Option<Comparison>,
    /// What came of it in the engine.
    pub outcome: Option<DeliveryOutcome>,
    /// Why nothing came of it.
    pub error: Option<String>,
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
    /// Sends a delivery, and waits until it is seen what came of it.
    ///
    /// # Errors
    /// When there is nothing to send, it is not JSON, the profile does not allow it, or
    /// nobody took it.
    pub async fn send(&self, sending: Sending) -> Result<Replayed> {
        let runtime = self.runtime()?;
        let original = match sending.delivery_id {
            Some(id) => Some(self.open_delivery(id).await?),
            None => None,
        };
        let own = original.as_ref().and_then(|opened| opened.body.clone());
        let body = sending.body.or(own).ok_or_else(|| {
            TrafficError::Invalid("Write a body, or choose a delivery to send again.".to_owned())
        })?;
        must_be_json(&body)?;
        let body = match sending.freshness {
            Freshness::AsItWas => body,
            Freshness::AsNew => refreshed(&body, runtime.clock().now(), fastrand::u32),
        };
        let mut replayed = Replayed {
            original: sending.delivery_id,
            delivery_id: None,
            answered: None,
            comparison: None,
            outcome: None,
            error: None,
        };
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
                replayed.delivery_id = Some(id);
                let opened = self.outcome_of(id).await?;
                let outcome = outcome(&opened);
                replayed.comparison =
                    original.map(|before| compare(&self::outcome(&before), &outcome));
                replayed.outcome = Some(outcome);
            }
            ReplayTarget::Url { url, secret } => {
                let url = address(&url, runtime.guard().level())?;
                let secret = self.secret_or_own(secret)?;
                replayed.answered = Some(post(&self.client, url, body, &secret).await?);
            }
        }
        Ok(replayed)
    }

    /// Sends several, one after the other. One that does not go says why in its place.
    pub async fn send_all(&self, sendings: Vec<Sending>) -> Vec<Replayed> {
        let mut all = Vec::with_capacity(sendings.len());
        for sending in sendings {
            let original = sending.delivery_id;
            all.push(self.send(sending).await.unwrap_or_else(|error| Replayed {
                original,
                delivery_id: None,
                answered: None,
                comparison: None,
                outcome: None,
                error: Some(error.to_string()),
            }));
        }
        all
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
                let secrets = self.shared.secrets.read();
                let own = secrets.iter().find(|known| known.accepted);
                own.map(|known| known.secret.clone()).ok_or_else(|| {
                    TrafficError::Invalid("Type the app secret to sign with.".to_owned())
                })
            }
        }
    }

    /// A delivery, as soon as it is seen what came of it.
    async fn outcome_of(&self, id: DeliveryId) -> Result<OpenedDelivery> {
        let began = Instant::now();
        loop {
            let (decided, ended) = {
                let state = self.shared.state.lock();
                let note = state.tail.note(id);
                let ended = note.is_some_and(|note| note.dead.is_some() || note.is_removed);
                (note.is_some_and(super::note::Note::is_decided), ended)
            };
            if ended || decided || began.elapsed() > DECIDED {
                break;
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
                return Ok(opened);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }
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
