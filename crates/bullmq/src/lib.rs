//! BullMQ: the queue that Node applications fill and drain too.
//!
//! [`BullQueue`] is the engine's queue on the keys and scripts of BullMQ, through BullMQ's
//! own Rust port. A job that Node added is taken here, a job that is pushed here is taken
//! by Node, and both may work on one queue at the same time.

mod config;
mod connection;
mod consumer;
mod error;
mod failed;
mod hand_over;
mod inspect;
mod intake;
mod job_data;
mod jobs;
mod numbers;
mod pausing;
mod queue;
mod shapes;
mod workers;

pub use config::{Backoff, BodyForm, BullConfig, Keep, Takes};
pub use error::{BullError, BullResult};
pub use failed::FailedJob;
pub use inspect::{PerMinute, QueueWarning};
pub use queue::BullQueue;
pub use workers::QueueWorker;
