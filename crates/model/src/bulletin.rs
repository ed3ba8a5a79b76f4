//! What workers tell of what they handle, to whoever watches elsewhere.

use crate::Happening;
use serde::{Deserialize, Serialize};

/// What one worker tells at once. Watchers may miss some: nothing keeps them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bulletin {
    /// The worker's name, for people.
    pub worker: String,
    /// The worker's run, which no other one shares: a worker that is started again has
    /// another.
    pub run: String,
    /// When it was told, in microseconds since the run began.
    pub at: u64,
    /// How many deliveries earlier bulletins of this run have told or left out. Who heard
    /// of fewer missed the others.
    pub before: u64,
    /// How many deliveries were handled since the bulletin before and are not told, for
    /// there were too many.
    pub left_out: u64,
    /// What happened, in order.
    pub told: Vec<Told>,
}

/// Something that happened at a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// When, in microseconds since the worker's run began.
    pub at: u64,
    /// What.
    pub happening: Happening,
    /// The delivery's body, where one was taken and the body is not too long to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The name of the app secret that signed the delivery, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}
