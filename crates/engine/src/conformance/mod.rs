//! One long story for each port, generic over it. Every adapter walks them in its tests,
//! so that what the engine relies on is the same on every backend.
//!
//! A story begins with an empty backend and panics, with what was expected, where the
//! adapter does not keep the port's promise. What has to do with reopening is the
//! adapter's own to test.

#![allow(
    clippy::missing_panics_doc,
    reason = "a panic is how a story says that it does not hold"
)]

mod archive;
mod cache;
mod conversations;
mod documents;
mod failed_sends;
mod jobs;
mod journal;
mod keys;
mod passing;
mod queue;
mod register;
pub mod samples;
mod store;

pub use archive::archive_story;
pub use cache::cache_story;
pub use conversations::{Worker, conversations_story};
pub use documents::documents_story;
pub use failed_sends::failed_sends_story;
pub use jobs::jobs_story;
pub use journal::journal_story;
pub use keys::keys_story;
pub use passing::{Passing, RealTime};
pub use queue::queue_story;
pub use register::{Registered, register_story, registered};
pub use store::store_story;

use std::time::Duration;

/// How long a story waits for what should happen at once.
const SOON: Duration = Duration::from_secs(10);

/// Waits for what should happen at once, and says what did not.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(SOON, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen within {SOON:?}"),
    }
}

/// Polls a future once; `None` when it has to wait.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
