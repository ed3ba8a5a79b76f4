//! A delivery opened: as it came, what it led to, and where the time went.

use super::elsewhere::came;
use super::note::{Note, named};
use super::noted::Noted;
use super::refused::RefusedRequest;
use super::row::RowSource;
use super::signature::SignatureResult;
use super::story::{Sentence, story};
use super::waterfall::{TimeSpan, waterfall};
use super::{Result, Traffic, TrafficError};
use heliograph_engine::ports::JournalPage;
use heliograph_instagram::wire::{self, Edge};
use heliograph_model::{
    DecisionRecord, DeliveryId, Effect, Millis, OutboxState, RefusedId, SendAnswer, SendRecord,
};
use heliograph_runtime::guard::is_of_dry_run;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Instant;

/// Everything that is known of a delivery, or of a request that was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OpenedDelivery {
    /// The delivery; absent for a request that was refused.
    pub delivery_id: Option<DeliveryId>,
    /// When it arrived, by the engine's clock; for a refused request by the machine's.
    pub received_at: Millis,
    /// How it came in.
    pub source: RowSource,
    /// The worker elsewhere that handled it, where one told of it.
    pub worker: Option<String>,
    /// Who sent it: the tunnel or proxy, where there is one. Known where this application
    /// saw it.
    pub peer: Option<String>,
    /// The headers as received, without credentials. Known where this application saw them.
    pub headers: Vec<ReceivedHeader>,
    /// Whether and by whom it is signed.
    pub signature: SignatureResult,
    /// The body as text; absent where it was not read, or came past this listener.
    pub body: Option<String>,
    /// Its length in bytes.
    pub body_bytes: u32,
    /// What was decided, event by event, repeats included.
    pub decisions: Vec<DecisionRecord>,
    /// The tries to send what was decided.
    pub sends: Vec<SentRequest>,
    /// Where the time went, by the machine's clock. Known where this application saw it.
    pub spans: Vec<TimeSpan>,
    /// What happened, in sentences.
    pub story: Vec<Sentence>,
}

/// A header as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedHeader {
    /// In lower case.
    pub name: String,
    /// As it was.
    pub value: String,
}

/// A try to send, with what went over the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SentRequest {
    /// The try.
    pub record: SendRecord,
    /// The path that it was posted to, without the version.
    pub path: String,
    /// The request's body, as JSON.
    pub request: String,
    /// What Instagram answered, as it came, or what is known of it, as JSON; absent where it
    /// was not asked or said nothing.
    pub answer: Option<String>,
    /// Whether a dry run would have sent it, and did not.
    pub is_dry_run: bool,
}

impl Traffic {
    /// Opens a row: a delivery, or else a request that was refused.
    ///
    /// # Errors
    /// When it is not there any more, or the journal cannot be read.
    pub async fn open(
        &self,
        delivery: Option<DeliveryId>,
        refused: Option<RefusedId>,
    ) -> Result<OpenedDelivery> {
        match (delivery, refused) {
            (Some(id), _) => self.open_delivery(id).await,
            (None, Some(id)) => self.open_refused(id),
            (None, None) => Err(TrafficError::Gone("This request".to_owned())),
        }
    }

    /// Opens a request that was refused.
    ///
    /// # Errors
    /// When it is not kept any more.
    pub fn open_refused(&self, id: RefusedId) -> Result<OpenedDelivery> {
        let kept = self.shared.refused.read().get(id);
        let gone = || TrafficError::Gone("This request".to_owned());
        kept.map(refused_request).ok_or_else(gone)
    }

    /// Opens a delivery.
    ///
    /// # Errors
    /// When the journal does not hold it any more, or cannot be read.
    pub async fn open_delivery(&self, id: DeliveryId) -> Result<OpenedDelivery> {
        let journal = self.journal()?;
        let record = journal.delivery(id).await?;
        let record = record.ok_or_else(|| {
            let mut name = named(id);
            name[..1].make_ascii_uppercase();
            TrafficError::Gone(name)
        })?;
        let JournalPage {
            mut decisions,
            sends,
            ..
        } = journal.of_delivery(id).await?;
        let noted = journal.notes(&[id]).await?;
        let noted = noted.first().and_then(Noted::read);
        let seen = self.shared.seen.read().clone();
        let (source, worker) = came(seen.as_deref(), &record, noted.as_ref());
        let kept = noted.map_or_else(Note::default, |noted| noted.as_note(Instant::now()));
        let state = self.shared.state.lock();
        let seen = state.tail.note(id);
        // What was seen is newer than what is kept.
        let note = seen.filter(|seen| seen.begun().is_some()).unwrap_or(&kept);
        for repeat in seen.iter().flat_map(|seen| &seen.repeats) {
            if decisions.iter().all(|one| one.index != repeat.index) {
                decisions.push(repeat.clone());
            }
        }
        decisions.sort_by_key(|one| one.index);
        let signature = match (&note.request, &record.secret, source) {
            (Some(request), ..) => SignatureResult::good(&request.secret),
            (None, Some(secret), _) => SignatureResult::good(secret),
            (None, None, RowSource::Simulator) => SignatureResult::unchecked(
                "It was said in the simulator, which hands it to the queue itself.",
            ),
            (None, None, RowSource::Replay) => SignatureResult::unchecked(
                "It was put into the queue at this desk, past the listener.",
            ),
            (None, None, RowSource::Listener | RowSource::Worker) => SignatureResult::unchecked(
                "The queue does not say who signed it; an application before it has checked.",
            ),
        };
        let sends: Vec<SentRequest> = sends.into_iter().map(on_the_wire).collect();
        let spans = waterfall(note, &decisions, &sends);
        let mut opened = OpenedDelivery {
            delivery_id: Some(id),
            received_at: record.received_at,
            source,
            worker,
            peer: note.request.as_ref().map(|request| request.peer.clone()),
            headers: note
                .request
                .as_ref()
                .map_or_else(Vec::new, |request| headers(&request.headers)),
            signature,
            body_bytes: u32::try_from(record.body.len()).unwrap_or(u32::MAX),
            // Nobody who had it told it.
            body: (!record.body.is_empty()).then_some(record.body),
            decisions,
            sends,
            spans,
            story: Vec::new(),
        };
        let is_removed = record.removed_at.is_some();
        let dead = seen.and_then(|seen| seen.dead.as_deref());
        let dead = dead.or(note.dead.as_deref());
        opened.story = story(&opened, dead, is_removed);
        Ok(opened)
    }
}

fn refused_request(request: RefusedRequest) -> OpenedDelivery {
    let RefusedRequest { at, about, body } = request;
    let body = body.map(|body| String::from_utf8_lossy(&body).into_owned());
    let mut opened = OpenedDelivery {
        delivery_id: None,
        received_at: at,
        source: RowSource::Listener,
        worker: None,
        headers: headers(&about.headers),
        peer: Some(about.peer),
        signature: about.signature.unwrap_or_else(|| {
            SignatureResult::unchecked("It was refused before the signature was looked at.")
        }),
        body,
        body_bytes: u32::try_from(about.body_bytes).unwrap_or(u32::MAX),
        decisions: Vec::new(),
        sends: Vec::new(),
        spans: Vec::new(),
        story: Vec::new(),
    };
    opened.story = super::story::of_refused(&opened, &about.text, &about.advice);
    opened
}

fn headers(lines: &str) -> Vec<ReceivedHeader> {
    lines
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| ReceivedHeader {
            name: name.to_owned(),
            value: value.to_owned(),
        })
        .collect()
}

/// A try with its request, and the answer in the form in which Meta gives it.
fn on_the_wire(record: SendRecord) -> SentRequest {
    let call = wire::call(&record.effect);
    let [node, edge] = call.edge.segments(record.account_id.as_str());
    let path = format!("/{node}/{edge}");
    let is_dry_run = is_of_dry_run(&record);
    let answered = answered(&record).map(|answered| {
        let document = serde_json::from_str::<Value>(&answered.body);
        document.map_or_else(|_| answered.body.clone(), |value| written(&value))
    });
    let answer = match (&record.receipt, &record.error) {
        _ if answered.is_some() => None,
        // Nobody was asked.
        (Some(_), _) if is_dry_run => None,
        (Some(receipt), _) if call.edge == Edge::Messages => Some(json!({
            "recipient_id": receipt.recipient_id,
            "message_id": receipt.message_id,
        })),
        (Some(receipt), _) => Some(json!({ "id": receipt.message_id })),
        (None, Some(error)) if error.code.is_some() => Some(json!({
            "error": {
                "message": error.message,
                "code": error.code,
                "error_subcode": error.subcode,
            }
        })),
        (None, _) => None,
    };
    SentRequest {
        path,
        request: written(&call.body),
        answer: answered.or(answer.map(|mut answer| {
            if let Value::Object(fields) = &mut answer {
                fields.retain(|_, value| !value.is_null());
            }
            written(&answer)
        })),
        is_dry_run,
        record,
    }
}

/// The answer to a try as it came, where it is known.
fn answered(record: &SendRecord) -> Option<&SendAnswer> {
    let taken = record.receipt.as_ref().map(|receipt| &receipt.answered);
    let refused = record.error.as_ref().map(|error| &error.answered);
    taken.or(refused)?.as_deref()
}

fn written(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// What a send is called in a sentence.
pub(crate) fn what_is_sent(effect: &Effect) -> String {
    match effect {
        Effect::Send { step, .. } => format!("the {}", step.in_words()),
        Effect::ReplyToComment { .. } => "the public reply".to_owned(),
        Effect::React { .. } => "the reaction".to_owned(),
    }
}

/// How a try ended, in words.
pub(super) fn how_it_ended(record: &SendRecord) -> &'static str {
    match record.state {
        OutboxState::Sent if is_of_dry_run(record) => "was not sent: a dry run sends nothing",
        OutboxState::Sent => "was sent",
        OutboxState::Retrying => "failed and is tried again",
        OutboxState::Failed => "was refused for good",
        OutboxState::Unknown => "may have arrived; nobody knows",
        OutboxState::Dropped => "was not attempted",
    }
}
