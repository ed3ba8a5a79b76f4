//! One HTTP POST from Meta.

use crate::{AccountId, DeliveryId, Millis};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Where a delivery came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum DeliverySource {
    /// Posted to the listener with a valid signature.
    Listener,
    /// Said in the simulator.
    Simulator,
    /// Delivered again from the journal or a recording.
    Replay,
}

/// A delivery that no queue holds yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// When it arrived.
    pub received_at: Millis,
    /// Where it came from.
    pub source: DeliverySource,
    /// The body, byte for byte.
    pub body: Bytes,
    /// The name of the app secret whose signature matched, where one was checked.
    pub secret: Option<String>,
    /// The accounts that this secret may speak for; empty: all. An event of another
    /// account is refused, for it would be forgery across tenants.
    pub accounts: Vec<AccountId>,
}

/// A delivery that a queue holds, handed to a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the journal.
    pub id: DeliveryId,
    /// How often it has been handed out, this time included.
    pub attempt: u32,
    /// What arrived.
    pub delivery: NewDelivery,
}
