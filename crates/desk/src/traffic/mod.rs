//! Traffic: every delivery as it arrives, what became of it, and sending one again.
//!
//! The latest rows are in memory, fed by what the engine and the listener tell
//! ([`Traffic::follow`], [`Traffic::observer`]); everything older is in the journal.
//! A list never gets more than the rows in sight, with the filter applied here, so that
//! thousands of events a second cost a window no more than a few.

mod compare;
mod compose;
mod curl;
mod elsewhere;
mod error;
mod expecting;
mod facets;
pub mod filter;
mod intake;
mod json;
mod keep;
mod many;
mod names;
mod note;
mod noted;
mod open;
mod post;
mod refresh;
mod refused;
mod replay;
mod row;
mod scenario;
mod search;
mod secrets;
pub mod signature;
mod story;
mod tail;
mod templates;
mod view;
mod waterfall;
mod words;
mod written;

pub use compare::{ComparedLine, Comparison, compare};
pub use compose::{Checked, JsonProblem, check};
pub use curl::curl;
pub(crate) use elsewhere::delivery_of;
pub use elsewhere::{WorkersElsewhere, WorkersHeard};
pub use error::{Result, TrafficError};
pub use keep::{KeptFile, SavedFilter, Shelf};
pub use many::{SendingEnd, SendingProgress, SentAll};
pub(crate) use open::what_is_sent;
pub(crate) use row::{excerpt, said as event_said};
pub(crate) use words::{haystack, texts as sent_texts};

pub use open::{OpenedDelivery, ReceivedHeader, SentRequest};
pub use post::{Answered, is_of_this_machine};
pub use refresh::refreshed;
pub use replay::{
    DeliveryOutcome, EventOutcome, FirstAnswer, Freshness, NotCompared, ReplayTarget, Replayed,
    Sending, SentOutcome,
};
pub use row::{Refused, RowResult, RowSource, TrafficRow};
pub use scenario::{Setting, scenario};
pub use search::FoundTraffic;
pub use signature::{KnownSecret, SignatureResult, SignatureState};
pub use story::{Sentence, Tone};
pub use tail::TrafficCounts;
pub use templates::{WebhookTemplate, templates};
pub use view::{TrafficLook, TrafficNews};
pub use waterfall::{SpanKind, TimeSpan};

use crate::seen::{SeenBook, SeenJournal};
use expecting::Expecting;
use filter::{Completion, Filter, FilterError, Words};
use heliograph_engine::ports::{Clock, Journal, SystemClock};
use heliograph_model::{DeliveryId, Millis};
use heliograph_runtime::Runtime;
use parking_lot::{Mutex, RwLock};
use refused::Ring;
use secrets::Secrets;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tail::Tail;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};
use view::View;
use written::Written;

/// The least time between two pieces of news.
const BETWEEN_NEWS: Duration = Duration::from_millis(80);

/// The live desk of one profile: what came in, what became of it, and doing it again.
#[derive(Debug)]
pub struct Traffic {
    shared: Arc<Shared>,
    /// What is looked at; another one after a reset.
    runtime: RwLock<Option<Arc<Runtime>>>,
    /// What was seen of profiles that keep no journal.
    book: Arc<SeenBook>,
    /// Where it is written down how deliveries come.
    written: RwLock<Option<Written>>,
    listening: Mutex<Option<AbortHandle>>,
    client: reqwest::Client,
    /// What the windows are sending.
    under_way: many::UnderWay,
}

/// What the desk and its tasks share.
#[derive(Debug)]
struct Shared {
    /// Held for a moment only, never while waiting.
    state: Mutex<State>,
    /// Secrets that are known, to find out who signed what.
    secrets: Secrets,
    /// What was seen of a profile that keeps no journal.
    seen: RwLock<Option<Arc<SeenJournal>>>,
    /// What was refused before this profile.
    refused: RwLock<Arc<Ring>>,
    /// What is posted from here at the moment.
    expecting: Arc<Expecting>,
    /// What is being written down of how deliveries came.
    noting: noted::Noting,
    /// Rings when somebody looks for an account by its name.
    names_asked: Notify,
    changed: watch::Sender<()>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct State {
    tail: Tail,
    /// What each window looks at, by the window's name.
    sights: HashMap<String, Sight>,
    /// How often something was told or answered.
    told: u64,
    /// Whether workers elsewhere are heard, where there can be some.
    elsewhere: Option<WorkersElsewhere>,
}

/// What one window looks at.
#[derive(Debug, Default)]
struct Sight {
    view: View,
    look: TrafficLook,
}

impl State {
    /// Takes in what changed, for every window; answers whether something arrives that is
    /// not listed yet.
    fn refresh(&mut self, now: Millis) -> bool {
        let waits = self.tail.sweep(std::time::Instant::now());
        let touched = self.tail.take_touched();
        for sight in self.sights.values_mut() {
            sight.view.refresh(touched.as_deref(), &self.tail, now);
        }
        waits
    }

    fn numbered(&mut self, news: TrafficNews) -> TrafficNews {
        self.told += 1;
        TrafficNews {
            number: self.told,
            elsewhere: self.elsewhere.clone(),
            ..news
        }
    }

    /// What a window looks at, as it is now.
    fn sight(&mut self, window: &str, now: Millis) -> (&mut Sight, &Tail, bool) {
        if !self.sights.contains_key(window) {
            self.sights.insert(window.to_owned(), Sight::default());
        }
        let waits = self.refresh(now);
        let sight = self.sights.entry(window.to_owned()).or_default();
        (sight, &self.tail, waits)
    }
}

impl Shared {
    fn change<T>(&self, change: impl FnOnce(&mut Tail) -> T) -> T {
        let answer = change(&mut self.state.lock().tail);
        self.changed.send_replace(());
        answer
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self::new()
    }
}

impl Traffic {
    /// A desk that looks at nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::keeping(Arc::default())
    }

    /// The same, with what is seen of profiles that keep no journal in this book.
    #[must_use]
    pub fn keeping(book: Arc<SeenBook>) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: Mutex::default(),
                secrets: Secrets::default(),
                seen: RwLock::default(),
                refused: RwLock::default(),
                expecting: Arc::default(),
                noting: noted::Noting::default(),
                names_asked: Notify::new(),
                changed: watch::Sender::new(()),
                clock: Arc::new(SystemClock),
            }),
            runtime: RwLock::default(),
            book,
            written: RwLock::default(),
            listening: Mutex::default(),
            client: post::client(),
            under_way: many::UnderWay::default(),
        }
    }

    /// Lets a window look at this from now on, and answers with what is in sight at once.
    ///
    /// # Errors
    /// When the filter cannot be read; what was looked at before stays.
    pub fn look(
        &self,
        window: &str,
        look: TrafficLook,
    ) -> std::result::Result<TrafficNews, FilterError> {
        let filter = filter::parse(&look.filter)?;
        let now = self.shared.clock.now();
        let mut state = self.shared.state.lock();
        let (sight, tail, _) = state.sight(window, now);
        if *sight.view.filter() != filter {
            if filter.asks_for_accounts() {
                self.shared.names_asked.notify_one();
            }
            sight.view.choose(filter, tail, now);
        }
        let news = sight.view.news(tail, look.at, look.count);
        sight.look = look;
        Ok(state.numbered(news))
    }

    /// What is in a window's sight now.
    #[must_use]
    pub fn news(&self, window: &str) -> TrafficNews {
        self.swept_news(window).0
    }

    /// What is in sight now, and for how long to rest before it is looked at again although
    /// nothing happens, where that is: something arrives that is not listed yet, or what the
    /// filter wants changes with the time.
    fn swept_news(&self, window: &str) -> (TrafficNews, Option<Duration>) {
        let now = self.shared.clock.now();
        let mut state = self.shared.state.lock();
        let (Sight { view, look }, tail, waits) = state.sight(window, now);
        let news = view.news(tail, look.at, look.count);
        let rest = match waits {
            true => Some(Duration::ZERO),
            false => view.filter().moves().then_some(view::TICK),
        };
        (state.numbered(news), rest)
    }

    /// A window is gone, and with it what it looked at. What it is sending is stopped.
    pub fn forget(&self, window: &str) {
        self.stop_sending(window);
        self.shared.state.lock().sights.remove(window);
    }

    /// Tells what is in a window's sight, now and whenever it changed, at most every 80 ms,
    /// until `tell` answers that nobody listens any more.
    pub async fn watch<F>(&self, window: &str, mut tell: impl FnMut(TrafficNews) -> F)
    where
        F: Future<Output = bool>,
    {
        let mut changes = self.shared.changed.subscribe();
        let mut told = None;
        loop {
            changes.mark_unchanged();
            let not_before = Instant::now() + BETWEEN_NEWS;
            let (news, rest) = self.swept_news(window);
            let is_news = |told: &TrafficNews| !told.says_the_same(&news);
            if told.as_ref().is_none_or(is_news) {
                if !tell(news.clone()).await {
                    return;
                }
                told = Some(news);
            }
            sleep_until(not_before).await;
            let rest = rest.unwrap_or(Duration::MAX);
            if let Ok(Err(_)) = timeout(rest, changes.changed()).await {
                return;
            }
        }
    }

    /// How much came in since the engine that is looked at began.
    #[must_use]
    pub fn counts(&self) -> TrafficCounts {
        self.shared.state.lock().tail.counts
    }

    /// The newest deliveries that a window's filter wants, at most `most`, the oldest of
    /// them first.
    #[must_use]
    pub fn wanted(&self, window: &str, most: usize) -> Vec<DeliveryId> {
        let now = self.shared.clock.now();
        let mut state = self.shared.state.lock();
        let (Sight { view, .. }, tail, _) = state.sight(window, now);
        let mut wanted: Vec<DeliveryId> = Vec::new();
        for number in view.numbers().rev() {
            let id = tail.get(number).and_then(|kept| kept.row.delivery_id);
            if let Some(id) = id
                && !wanted.contains(&id)
            {
                wanted.push(id);
            }
            if wanted.len() >= most {
                break;
            }
        }
        wanted.reverse();
        wanted
    }

    /// What can be written at the caret of a filter, which stands behind so many UTF-16
    /// units.
    #[must_use]
    pub fn completions(&self, text: &str, caret: u32) -> Vec<Completion> {
        if text.contains("account:") {
            self.shared.names_asked.notify_one();
        }
        filter::complete(text, caret, &self.words())
    }

    /// Names out of the rows that are kept, for completions.
    fn words(&self) -> Words {
        let mut words = Words::default();
        let add = |list: &mut Vec<String>, word: Option<String>| {
            if let Some(word) = word
                && list.len() < 200
                && !list.contains(&word)
            {
                list.push(word);
            }
        };
        let state = self.shared.state.lock();
        for kept in state.tail.rows().rev().take(2_000) {
            let row = &kept.row;
            let id = row.account_id.as_ref();
            let name = id.and_then(|id| state.tail.accounts().get(id).cloned());
            add(&mut words.accounts, name.or(id.map(ToString::to_string)));
            let contact = row.contact_id.as_ref().map(ToString::to_string);
            add(&mut words.contacts, row.username.clone().or(contact));
            add(&mut words.automations, row.automation.clone());
            add(&mut words.workers, row.worker.clone());
            for trouble in &kept.facets.troubles {
                add(&mut words.errors, trouble.code());
            }
        }
        words
    }

    fn runtime(&self) -> Result<Arc<Runtime>> {
        self.runtime.read().clone().ok_or(TrafficError::NothingRuns)
    }

    fn journal(&self) -> Result<Arc<dyn Journal>> {
        let runtime = self.runtime()?;
        let seen = || {
            self.shared
                .seen
                .read()
                .clone()
                .map(|seen| seen as Arc<dyn Journal>)
        };
        runtime
            .journal()
            .cloned()
            .or_else(seen)
            .ok_or(TrafficError::NothingRuns)
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.lock().take() {
            listening.abort();
        }
    }
}

/// Reads a filter and says what is wrong with it, if something is.
///
/// # Errors
/// The first thing that cannot be read.
pub fn read_filter(text: &str) -> std::result::Result<Filter, FilterError> {
    filter::parse(text)
}
