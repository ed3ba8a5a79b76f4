//! What was heard and not yet asked for.

use heliograph_engine::ports::Heard;
use parking_lot::Mutex;
use std::collections::VecDeque;
use tokio::sync::Notify;

/// As much as is kept for one who does not ask. Beyond it everything may be stale, and
/// that takes two words to say.
const MOST: usize = 10_000;

/// Keeps what was heard until it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Ears {
    /// Held for a push or a pop, never across a wait.
    heard: Mutex<Memory>,
    more: Notify,
}

#[derive(Debug, Default)]
struct Memory {
    line: VecDeque<Heard>,
    /// Whether the last thing that was said of the connection is that it is lost.
    is_deaf: bool,
    /// Whether it is that it is there; neither is so at first.
    is_open: bool,
}

impl Ears {
    /// Keeps something. Being deaf is said once.
    pub(crate) fn hear(&self, heard: Heard) {
        let mut memory = self.heard.lock();
        match heard {
            Heard::Deaf if memory.is_deaf => return,
            Heard::Deaf => (memory.is_deaf, memory.is_open) = (true, false),
            Heard::Listening => (memory.is_deaf, memory.is_open) = (false, true),
            Heard::Stale(_) | Heard::Asked(_) => {}
        }
        if memory.line.len() >= MOST {
            memory.line.clear();
            memory.line.push_back(Heard::Deaf);
            if !memory.is_deaf {
                memory.line.push_back(Heard::Listening);
            }
        } else {
            memory.line.push_back(heard);
        }
        drop(memory);
        self.more.notify_one();
    }

    /// Whether everything is heard now, as far as is known.
    pub(crate) fn are_open(&self) -> bool {
        self.heard.lock().is_open
    }

    /// The next thing. Dropping the future loses nothing.
    pub(crate) async fn next(&self) -> Heard {
        loop {
            let more = self.more.notified();
            if let Some(heard) = self.heard.lock().line.pop_front() {
                return heard;
            }
            more.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use heliograph_engine::ports::Stale;

    fn key(n: usize) -> Heard {
        Heard::Stale(Stale::Key(n.to_string()))
    }

    #[test]
    fn more_than_is_kept_is_everything() {
        let ears = Ears::default();
        ears.hear(Heard::Listening);
        for n in 0..MOST {
            ears.hear(key(n));
        }
        ears.hear(key(MOST + 1));
        let next = || ears.next().now_or_never();
        assert_eq!(next(), Some(Heard::Deaf));
        assert_eq!(next(), Some(Heard::Listening));
        assert_eq!(next(), Some(key(MOST + 1)));
        assert_eq!(next(), None);
    }

    #[test]
    fn deaf_is_said_once_and_nothing_is_lost_by_not_waiting() {
        let ears = Ears::default();
        assert_eq!(ears.next().now_or_never(), None);
        assert!(!ears.are_open(), "nothing is known yet");
        ears.hear(Heard::Deaf);
        ears.hear(Heard::Deaf);
        assert!(!ears.are_open());
        ears.hear(Heard::Listening);
        assert!(ears.are_open());
        assert_eq!(ears.next().now_or_never(), Some(Heard::Deaf));
        assert_eq!(ears.next().now_or_never(), Some(Heard::Listening));
        assert_eq!(ears.next().now_or_never(), None);
    }
}
