//! What a window is told through a channel, no faster than its page takes it.
//!
//! The channels of the window library never wait: what a page that stands still does not
//! take would pile up in the shell. So the page says how much it has taken, and whoever
//! tells it waits while too much is under way.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tauri::ipc::{Channel, IpcResponse};
use tokio::sync::watch;

/// Messages of a channel that are under way at most. The page says at every fourth how many
/// it has taken.
const UNDER_WAY: u32 = 16;

/// A window's label, and the id of one of its channels.
type Key = (String, u32);

/// How much each channel's page has taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pages(
    /// Held for a moment only, never while waiting.
    Arc<Mutex<HashMap<Key, watch::Sender<u32>>>>,
);

impl Pages {
    /// Tells a window's page through a channel from now on.
    pub(crate) fn telling<T>(&self, window: &str, channel: Channel<T>) -> Telling<T> {
        let key = (window.to_owned(), channel.id());
        let (sender, taken) = watch::channel(0);
        self.0.lock().insert(key.clone(), sender);
        Telling {
            channel,
            sent: AtomicU32::new(0),
            taken,
            key,
            pages: self.clone(),
        }
    }

    /// The page has taken so many messages of a channel so far. Of a channel that is told
    /// nothing any more it may say so late.
    pub(crate) fn taken(&self, window: &str, channel: u32, messages: u32) {
        let key = (window.to_owned(), channel);
        if let Some(taken) = self.0.lock().get(&key) {
            taken.send_replace(messages);
        }
    }
}

/// A channel to a page.
pub(crate) struct Telling<T> {
    channel: Channel<T>,
    sent: AtomicU32,
    taken: watch::Receiver<u32>,
    key: Key,
    pages: Pages,
}

impl<T: IpcResponse> Telling<T> {
    /// Tells the page something, as soon as it has taken enough of what was told before.
    ///
    /// # Returns
    /// Whether there is a page; one that is gone takes nothing any more.
    pub(crate) async fn tell(&self, news: T) -> bool {
        let sent = self.sent.load(Ordering::Relaxed);
        let mut taken = self.taken.clone();
        let has_room = taken.wait_for(|taken| sent.wrapping_sub(*taken) < UNDER_WAY);
        if has_room.await.is_err() {
            return false;
        }
        self.sent.store(sent.wrapping_add(1), Ordering::Relaxed);
        self.channel.send(news).is_ok()
    }
}

impl<T> Drop for Telling<T> {
    fn drop(&mut self) {
        self.pages.0.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_page_that_stands_still_is_told_no_more_until_it_goes_on() {
        let pages = Pages::default();
        let got = Arc::new(AtomicU32::new(0));
        let channel = Channel::<u32>::new({
            let got = Arc::clone(&got);
            move |_| {
                got.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        });
        let id = channel.id();
        let telling = pages.telling("main", channel);
        let mut all = Box::pin(async {
            for number in 0..UNDER_WAY + 10 {
                assert!(telling.tell(number).await);
            }
        });
        let moment = Duration::from_millis(50);
        assert!(timeout(moment, &mut all).await.is_err(), "it waits");
        assert_eq!(got.load(Ordering::SeqCst), UNDER_WAY);
        // Of another window or channel nothing follows.
        pages.taken("window-2", id, 20);
        pages.taken("main", id.wrapping_add(1), 20);
        assert!(timeout(moment, &mut all).await.is_err(), "it still waits");
        pages.taken("main", id, 4);
        assert!(timeout(moment, &mut all).await.is_err(), "four more");
        assert_eq!(got.load(Ordering::SeqCst), UNDER_WAY + 4);
        pages.taken("main", id, 20);
        all.as_mut().await;
        drop(all);
        assert_eq!(got.load(Ordering::SeqCst), UNDER_WAY + 10);
        drop(telling);
        assert!(pages.0.lock().is_empty(), "nothing is left of it");
    }
}
