//! What was heard and is not written yet, within a bound.

use heliograph_engine::ports::Seen;
use heliograph_model::{DeliveryRecord, Happening, Millis, Reason};
use heliograph_runtime::elsewhere::FromElsewhere;
use std::sync::Arc;

/// The most that waits to be written, in pieces
const PIECES: usize = 65_536;
/// and in bytes of bodies and of what workers elsewhere told.
const BYTES: usize = 64 * 1024 * 1024;

/// Something that was heard. It is taken apart when it is written, so that whoever tells it
/// waits for nothing.
#[derive(Debug)]
pub(super) enum Heard {
    /// The listener before the profile accepted it.
    Accepted(DeliveryRecord),
    /// The engine told of it, and it was heard then.
    Happened(Arc<Happening>, Millis),
    /// Workers elsewhere told of it.
    Told(Arc<FromElsewhere>),
}

/// What is not written yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Whether somebody writes it.
    is_wanted: bool,
    heard: Vec<Heard>,
    pieces: usize,
    bytes: usize,
}

impl Waiting {
    /// Somebody writes what is heard from now on.
    pub(super) fn begin(&mut self) {
        self.is_wanted = true;
    }

    /// Nobody does any more. What waits is forgotten.
    pub(super) fn end(&mut self) {
        *self = Self::default();
    }

    pub(super) fn push(&mut self, heard: Heard) {
        if !self.is_wanted || self.is_too_much() {
            return;
        }
        self.pieces += heard.pieces();
        self.bytes += heard.bytes();
        self.heard.push(heard);
    }

    /// Whether more has come than can wait: what came after it is not among it.
    pub(super) fn is_too_much(&self) -> bool {
        self.pieces >= PIECES || self.bytes >= BYTES
    }

    /// Everything that waits.
    pub(super) fn take(&mut self) -> Vec<Heard> {
        (self.pieces, self.bytes) = (0, 0);
        std::mem::take(&mut self.heard)
    }
}

impl Heard {
    fn pieces(&self) -> usize {
        match self {
            Self::Accepted(_) | Self::Happened(..) => 1,
            Self::Told(from) => from.told.len(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Accepted(record) => record.body.len(),
            Self::Happened(happening, _) => {
                if let Happening::Delivery { body, .. } = &**happening {
                    body.len()
                } else {
                    0
                }
            }
            Self::Told(from) => from.told.iter().map(|told| told.bytes).sum(),
        }
    }

    /// What of it is written down, in order.
    pub(super) fn seen(self, into: &mut Vec<Seen>) {
        match self {
            Self::Accepted(record) => into.push(Seen::Delivery(record)),
            Self::Happened(happening, at) => into.extend(seen(&happening, at)),
            Self::Told(from) => {
                let told = from.told.iter();
                into.extend(told.filter_map(|told| seen(&told.happening, told.at)));
            }
        }
    }
}

/// What of a happening is written down.
fn seen(happening: &Happening, at: Millis) -> Option<Seen> {
    Some(match happening {
        Happening::Delivery {
            id,
            received_at,
            source,
            secret,
            body,
            ..
        } => Seen::Delivery(DeliveryRecord {
            id: *id,
            received_at: *received_at,
            source: *source,
            secret: secret.clone(),
            body: String::from_utf8_lossy(body).into_owned(),
            removed_at: None,
        }),
        // As a journal has them: without the events that had been handled before.
        Happening::Decided(record) if record.decision.trace.reason == Reason::Duplicate => {
            return None;
        }
        Happening::Decided(record) => Seen::Decided {
            record: (**record).clone(),
            at,
        },
        Happening::Sent(record) => Seen::Sent {
            record: (**record).clone(),
            at,
        },
        Happening::ByHand(record) => Seen::ByHand((**record).clone()),
        Happening::DeadLetter { id, .. } => Seen::Dead { id: *id, at },
        Happening::Removed { ids } => Seen::Removed {
            ids: ids.clone(),
            at: Some(at),
        },
        Happening::PutBack { ids } => Seen::Removed {
            ids: ids.clone(),
            at: None,
        },
        Happening::AutomationChanged { .. } => return None,
    })
}
