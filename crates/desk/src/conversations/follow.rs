//! Following a profile: what the engine tells, and the window that watches.

use super::look::{PeopleLook, PeopleNews, PersonRow};
use super::{Conversations, Shared};
use crate::seen::SeenJournal;
use heliograph_model::{AccountId, ContactId, Happening};
use heliograph_runtime::Runtime;
use heliograph_runtime::elsewhere::{Elsewhere, FromElsewhere};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The least time between two pieces of news.
const BETWEEN_NEWS: Duration = Duration::from_millis(80);
/// How often the clock is looked at: ages count in seconds.
const TICK: Duration = Duration::from_secs(1);
/// How often the list is read anew although nobody tells of a change, where other workers
/// may write.
const POLL: Duration = Duration::from_secs(5);
/// Reading that takes so long goes over a large collection, on a server that has other
/// things to do.
pub(super) const SLOW: Duration = Duration::from_millis(200);

impl Conversations {
    /// Looks at this profile from now on, instead of at the one before.
    pub fn follow(&self, runtime: Arc<Runtime>) {
        let mut following = self.following.lock();
        if let Some(before) = following.take() {
            before.abort();
        }
        if let Some(walking) = self.walking.lock().take() {
            walking.abort();
        }
        let shared = Arc::clone(&self.shared);
        let seen = self.book.of(&runtime);
        let mut happenings = runtime.engine().happenings().watch();
        let elsewhere = runtime.elsewhere().map(Elsewhere::watch);
        // First: what is still under way for the one before keeps nothing from here on.
        *shared.runtime.write() = Some(runtime);
        shared.seen.write().clone_from(&seen);
        shared.known.lock().forget();
        shared.origins.lock().clear();
        *shared.counted.lock() = None;
        *shared.strays.lock() = None;
        shared.forget_bulk();
        for sight in shared.sights.lock().values_mut() {
            sight.opened = None;
        }
        shared.beats();
        shared.changed.send_replace(());
        let task = tokio::spawn(async move {
            let theirs = async {
                if let Some(elsewhere) = elsewhere {
                    shared.follow_elsewhere(seen.as_deref(), elsewhere).await;
                }
            };
            let here = async {
                loop {
                    match happenings.recv().await {
                        Ok(happening) => {
                            if let Some(seen) = &seen {
                                seen.catch_up();
                            }
                            shared.happened(&happening);
                        }
                        Err(RecvError::Lagged(_)) => {
                            shared.beats();
                            shared.changed.send_replace(());
                        }
                        Err(RecvError::Closed) => return,
                    }
                }
            };
            tokio::join!(here, theirs);
        });
        *following = Some(task.abort_handle());
    }

    /// Lets a window look at this from now on, and answers with what is in sight at once.
    ///
    /// # Errors
    /// When nothing runs, or the documents cannot be read.
    pub async fn look(&self, window: &str, look: PeopleLook) -> super::Result<PeopleNews> {
        let beat = self.shared.sight(window, |sight| {
            sight.look = look.clone();
            sight.beat
        });
        self.shared.news(look, beat).await
    }

    /// A window is gone, and with it what it looked at.
    pub fn forget(&self, window: &str) {
        self.shared.sights.lock().remove(window);
    }

    /// Something was changed of which the engine does not tell: the list is read anew.
    pub fn changed(&self) {
        self.shared.beats();
        self.shared.changed.send_replace(());
    }

    /// The first contacts of all accounts who have a text in a name, an address or an id,
    /// whatever is looked at.
    ///
    /// # Errors
    /// When nothing runs, or the contacts cannot be read.
    pub async fn find(&self, text: &str, most: u32) -> super::Result<Vec<PersonRow>> {
        self.shared.found(text, most).await
    }

    /// Tells what is in a window's sight, now and whenever it changed, at most every 80 ms,
    /// and what time it is, until `tell` answers that nobody listens any more.
    pub async fn watch<F>(&self, window: &str, mut tell: impl FnMut(PeopleNews) -> F)
    where
        F: Future<Output = bool>,
    {
        let shared = &self.shared;
        let mut changes = shared.changed.subscribe();
        let mut told = PeopleNews::default();
        loop {
            changes.mark_unchanged();
            let began = Instant::now();
            let (look, beat) = shared.sight(window, |sight| (sight.look.clone(), sight.beat));
            let mut news = match shared.news(look.clone(), beat).await {
                Ok(news) => news,
                Err(error) => PeopleNews {
                    look,
                    failure: Some(error.to_string()),
                    ..told.clone()
                },
            };
            let rest = rest_after(began.elapsed());
            let not_before = began + BETWEEN_NEWS.max(rest);
            let poll_at = began + POLL.max(rest);
            if news != told && !tell(news.clone()).await {
                return;
            }
            sleep_until(not_before).await;
            // Until something happens, only the time passes.
            loop {
                let tick = Instant::now() + TICK;
                match timeout_at(tick, changes.changed()).await {
                    Ok(Ok(())) => break,
                    Ok(Err(_)) => return,
                    Err(_) => {}
                }
                let Ok(runtime) = shared.runtime() else { break };
                let now = runtime.clock().now();
                let other_level = news.guard != Some(runtime.guard().level());
                let others_write = runtime.backlog().is_some() && Instant::now() >= poll_at;
                if others_write || other_level || has_expired(&news, now) {
                    if others_write {
                        shared.beats();
                    }
                    break;
                }
                if news.now != now {
                    news.now = now;
                    if !tell(news.clone()).await {
                        return;
                    }
                }
            }
            told = news;
        }
    }
}

/// For how long nothing is read again after reading took so long: a fourth of the time
/// is spent on it at the most, and much less where it burdens a server.
fn rest_after(took: Duration) -> Duration {
    took * if took < SLOW { 4 } else { 20 }
}

fn has_expired(news: &PeopleNews, now: heliograph_model::Millis) -> bool {
    news.rows.iter().any(|row| {
        let stands = row.stands.as_ref();
        stands.is_some_and(|stands| stands.expires_at <= now)
            || row.silenced_until.is_some_and(|until| until <= now)
    })
}

impl Shared {
    /// Takes in what workers elsewhere tell, for as long as the profile is open.
    async fn follow_elsewhere(
        &self,
        seen: Option<&SeenJournal>,
        mut elsewhere: broadcast::Receiver<Arc<FromElsewhere>>,
    ) {
        loop {
            match elsewhere.recv().await {
                Ok(from) => {
                    if let Some(seen) = seen {
                        seen.catch_up();
                    }
                    for told in &from.told {
                        self.happened(&told.happening);
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    self.beats();
                    self.changed.send_replace(());
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn happened(&self, happening: &Happening) {
        match happening {
            Happening::Decided(record) | Happening::ByHand(record) => {
                let event = &record.event;
                self.touched(event.account_id.as_ref(), event.contact_id.as_ref());
            }
            Happening::Sent(record) => {
                self.touched(Some(&record.account_id), record.contact_id.as_ref());
            }
            Happening::AutomationChanged { .. } => {
                self.known.lock().forget();
                self.beats();
                self.changed.send_replace(());
            }
            Happening::Delivery { .. }
            | Happening::DeadLetter { .. }
            | Happening::Removed { .. }
            | Happening::PutBack { .. } => {}
        }
    }

    fn touched(&self, account: Option<&AccountId>, contact: Option<&ContactId>) {
        for sight in self.sights.lock().values_mut() {
            let open = sight.opened.as_ref();
            if open.is_some_and(|open| (Some(&open.0), Some(&open.1)) == (account, contact)) {
                sight.beats();
            }
        }
        self.changed.send_replace(());
    }
}
