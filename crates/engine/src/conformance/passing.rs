//! How time passes for a backend that a story is told about.

use crate::ports::{Clock, SystemClock, VirtualClock};
use async_trait::async_trait;
use heliograph_model::Millis;
use std::time::Duration;

/// The time that a backend lives in. A backend in this process gets the test's clock and
/// answers exactly; one that other processes share has the machine's clock, so a story
/// waits for real there, and gives what it expects a moment to come true.
#[async_trait]
pub trait Passing: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Millis;

    /// Lets time pass until `at`.
    async fn until(&self, at: Millis);

    /// A wait that the story can tell from none, in milliseconds.
    fn wait(&self) -> i64;

    /// How long before a time it is certain that it has not come, in milliseconds.
    fn margin(&self) -> i64;

    /// Whether what the backend says holds at once and to the letter: what is handed out
    /// again keeps its place in the order of arrival, and one call takes all that is due.
    /// A queue that several processes share promises less: soon, and behind what arrived
    /// in the meantime.
    fn is_exact(&self) -> bool;
}

#[async_trait]
impl Passing for VirtualClock {
    fn now(&self) -> Millis {
        Clock::now(self)
    }

    async fn until(&self, at: Millis) {
        self.advance_to(at);
    }

    fn wait(&self) -> i64 {
        Millis::MINUTE
    }

    fn margin(&self) -> i64 {
        1
    }

    fn is_exact(&self) -> bool {
        true
    }
}

/// The machine's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealTime;

#[async_trait]
impl Passing for RealTime {
    fn now(&self) -> Millis {
        SystemClock.now()
    }

    async fn until(&self, at: Millis) {
        let left = at.since(self.now());
        tokio::time::sleep(Duration::from_millis(left.max(0).unsigned_abs())).await;
    }

    fn wait(&self) -> i64 {
        1_500
    }

    fn margin(&self) -> i64 {
        600
    }

    fn is_exact(&self) -> bool {
        false
    }
}
