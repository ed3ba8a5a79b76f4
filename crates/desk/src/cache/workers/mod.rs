//! The workers elsewhere: how their caches do, as their own metrics tell it.
//!
//! A profile names where they are (`metrics`). Each is asked while somebody looks, and less
//! often for the history ([`BETWEEN`], [`BETWEEN_UNSEEN`]). They count since their start;
//! here the differences are added up, so that a worker that was started again goes on where
//! it was, and one that does not answer adds nothing and is said to be silent.

mod ask;
pub(super) mod counted;
mod page;
mod series;
#[cfg(test)]
mod tests;

pub use ask::{MetricsTrouble, metrics_address};

use super::history::History;
use super::kept::Minute;
use super::point::CacheSpan;
use super::sample::ServerCounts;
use ask::{ask, client};
use counted::Counted;
use heliograph_model::{CacheFigures, Collection, ErrorClass, Millis};
use page::Page;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How often workers are asked while somebody looks.
pub(super) const BETWEEN: Duration = Duration::from_secs(5);
/// How often they are asked while nobody does, so that there is a history.
pub(super) const BETWEEN_UNSEEN: Duration = Duration::from_secs(30);
/// How many workers are asked at the most.
pub const MOST_WORKERS: usize = 32;

/// Whose figures are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CacheSource {
    /// Those of this window's own engine.
    #[default]
    Window,
    /// Those of all workers elsewhere together.
    Workers,
    /// Those of one of them.
    Worker {
        /// Where its metrics are.
        address: String,
    },
}

/// A worker elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WorkerNow {
    /// Where its metrics are.
    pub address: String,
    /// The first of its addresses, where it has another one; it is counted there only.
    pub same_as: Option<String>,
    /// When it answered last, by the clock of this machine; `None` when it never did.
    pub answered_at: Option<Millis>,
    /// What was wrong the last time, and what to do; what is told of it is older then.
    pub trouble: Option<WorkerTrouble>,
    /// Its version; empty before its first answer.
    pub version: String,
    /// When it started, by its own clock.
    pub started_at: Option<Millis>,
    /// How often it was started again since it is looked at.
    pub restarts: u32,
    /// Its hit rates, in the order of the collections.
    pub rates: Vec<WorkerRate>,
}

/// Why a worker's figures are not to be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WorkerTrouble {
    /// What is wrong.
    pub says: String,
    /// What to do.
    pub to_do: String,
}

/// How often one collection of a worker answered, 0 to 1; `None` where nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WorkerRate {
    /// Which collection.
    pub collection: Collection,
    /// In the time that is looked at.
    pub rate: Option<f64>,
    /// How many reads that is of.
    pub reads: u32,
    /// Since the worker started.
    pub since_start: Option<f64>,
    /// How many reads that is of.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub reads_since_start: u64,
}

/// What the workers that answered have done since their start, together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WorkersFigures {
    /// How many workers the profile names; one with two addresses is one,
    pub named: usize,
    /// and how many of them answered the last time.
    pub answering: usize,
    /// Deliveries that they took,
    pub deliveries: u64,
    /// events in them,
    pub events: u64,
    /// messages that Instagram took,
    pub sent: u64,
    /// and those that ended otherwise.
    pub failed: u64,
    /// How their caches did.
    pub cache: CacheFigures,
}

/// The workers of the profile in front.
#[derive(Debug)]
pub(super) struct Workers {
    list: Vec<Worker>,
    /// All of them together.
    total: Counted,
    /// What each had counted when it was last asked under any address, by what it is called.
    last: HashMap<String, Counted>,
    history: History,
}

#[derive(Debug)]
struct Worker {
    address: String,
    answered_at: Option<Millis>,
    trouble: Option<MetricsTrouble>,
    /// Its page, the last time that it answered.
    page: Option<Page>,
    /// What it has counted since it is looked at, over restarts.
    total: Counted,
    restarts: u32,
    history: History,
}

/// What addresses answered, in their order.
pub(super) type Answers = Vec<Result<Page, MetricsTrouble>>;

/// Asks all of these at the same time.
pub(super) async fn ask_all(client: &reqwest::Client, addresses: &[String]) -> Answers {
    futures::future::join_all(addresses.iter().map(|it| ask(client, it))).await
}

/// The client that asks.
pub(super) fn asking() -> reqwest::Client {
    client()
}

/// Asks one address and says what is there, such as “heliograph 0.1.0, started at …”.
///
/// # Errors
/// What is wrong, and what to do.
pub async fn test_metrics(address: &str) -> Result<MetricsFound, MetricsTrouble> {
    let page = ask(&client(), address).await?;
    let figures = page.counted.figures();
    Ok(MetricsFound {
        version: page.version,
        started_at: page.started_at,
        reads: Collection::ALL.iter().map(|it| figures.of(*it).reads).sum(),
    })
}

/// Whose metrics are under an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsFound {
    /// The worker's version.
    pub version: String,
    /// When it started, by its own clock.
    pub started_at: Millis,
    /// How many reads its cache has counted.
    pub reads: u64,
}

impl Workers {
    /// None has been asked yet. An address that is named twice is asked once.
    #[cfg(test)]
    pub(super) fn begin(at: Millis, addresses: &[String]) -> Self {
        Self::begin_after(Vec::new(), at, addresses)
    }

    /// The same after what was kept of all of them together.
    pub(super) fn begin_after(past: Vec<Minute>, at: Millis, addresses: &[String]) -> Self {
        let none = Counted::none();
        let mut list: Vec<Worker> = Vec::new();
        for address in addresses {
            if list.len() == MOST_WORKERS || list.iter().any(|it| it.address == *address) {
                continue;
            }
            list.push(Worker {
                address: address.clone(),
                answered_at: None,
                trouble: None,
                page: None,
                total: none.clone(),
                restarts: 0,
                history: History::begin(at, none.sample(None)),
            });
        }
        Self {
            list,
            history: History::kept(past, at, none.sample(None)),
            total: none,
            last: HashMap::new(),
        }
    }

    /// How many of their sends did not go through for such a reason since they are looked
    /// at.
    pub(super) fn send_errors(&self, class: ErrorClass) -> u64 {
        self.total.send_errors[class as usize]
    }

    /// That of all of them together.
    pub(super) fn together(&self) -> &History {
        &self.history
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where they are asked, in the order of their answers.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.list.iter().map(|it| it.address.clone()).collect()
    }

    /// Takes what they answered. `server` is what the servers of the cache count meanwhile.
    pub(super) fn take(&mut self, at: Millis, answers: Answers, server: Option<ServerCounts>) {
        let mut counted = HashSet::new();
        for (worker, answer) in self.list.iter_mut().zip(answers) {
            match answer {
                Ok(page) => {
                    let (name, now) = (page.worker.clone(), page.counted.clone());
                    let mut came = worker.answered(at, page);
                    if worker.trouble.is_none()
                        && let Some(name) = name
                    {
                        came = match self.last.get(&name) {
                            // Under another address it was counted just now.
                            Some(_) if counted.contains(&name) => None,
                            Some(before) => Some(now.since(before)),
                            None => came,
                        };
                        if counted.insert(name.clone()) {
                            self.last.insert(name, now);
                        }
                    }
                    if let Some(came) = came {
                        self.total.add(&came);
                    }
                }
                Err(trouble) => worker.trouble = Some(trouble),
            }
            worker.history.record(at, worker.total.sample(server));
        }
        let list = &self.list;
        self.last
            .retain(|name, _| list.iter().any(|it| it.name() == Some(name)));
        self.history.record(at, self.total.sample(server));
    }

    /// The history of a source; `None` for one that is not here.
    pub(super) fn history(&self, source: &CacheSource) -> Option<&History> {
        match source {
            CacheSource::Window => None,
            CacheSource::Workers => (!self.is_empty()).then_some(&self.history),
            CacheSource::Worker { address } => {
                let found = self.list.iter().find(|it| it.address == *address);
                found.map(|it| &it.history)
            }
        }
    }

    /// Each worker, over a span.
    pub(super) fn now(&self, span: CacheSpan) -> Vec<WorkerNow> {
        let workers = self.list.iter().enumerate();
        let workers = workers.map(|(place, worker)| WorkerNow {
            same_as: self.same_as(place).map(str::to_owned),
            ..worker.now(span)
        });
        workers.collect()
    }

    /// The address before this one under which the same worker answers.
    fn same_as(&self, place: usize) -> Option<&str> {
        let name = self.list.get(place)?.name()?;
        let before = self.list.iter().take(place);
        let mut same = before.filter(|it| it.name() == Some(name));
        same.next().map(|it| it.address.as_str())
    }

    /// What those that answer have done since their start, together; `None` where the
    /// profile names none.
    pub(super) fn figures(&self) -> Option<WorkersFigures> {
        let mut all = WorkersFigures {
            named: (0..self.list.len())
                .filter(|place| self.same_as(*place).is_none())
                .count(),
            ..WorkersFigures::default()
        };
        let (mut counted, mut names) = (Counted::none(), HashSet::new());
        for worker in self.list.iter().filter(|it| it.trouble.is_none()) {
            let Some(page) = &worker.page else { continue };
            if worker.name().is_some_and(|name| !names.insert(name)) {
                continue;
            }
            all.answering += 1;
            all.deliveries += page.deliveries;
            all.events += page.events;
            all.sent += page.sent;
            all.failed += page.failed;
            counted.add(&page.counted);
        }
        all.cache = counted.figures();
        (!self.is_empty()).then_some(all)
    }
}

impl Worker {
    /// Takes its page, and answers with what came since the one before.
    fn answered(&mut self, at: Millis, page: Page) -> Option<Counted> {
        let mut came = None;
        if let Some(before) = &self.page {
            if page.started_at < before.started_at {
                // The next page would be the other's again, and everything would count as
                // new each time.
                self.trouble = Some(MetricsTrouble::new(
                    "Several workers answer under this address, in turn.",
                    "Name each worker by an address of its own, not a server before them. Where its clock was set back, connect the profile again.",
                ));
                return None;
            }
            let is_another = match (&page.worker, &before.worker) {
                (Some(now), Some(before)) => now != before,
                _ => page.started_at > before.started_at || page.counted.fell(&before.counted),
            };
            // What it counted since it was started again is new.
            let new = if is_another {
                self.restarts += 1;
                page.counted.clone()
            } else {
                page.counted.since(&before.counted)
            };
            self.total.add(&new);
            came = Some(new);
        }
        self.page = Some(page);
        self.answered_at = Some(at);
        self.trouble = None;
        came
    }

    /// What it is called, as far as it was told.
    fn name(&self) -> Option<&str> {
        self.page.as_ref()?.worker.as_deref()
    }

    fn now(&self, span: CacheSpan) -> WorkerNow {
        let over = self.history.over(span);
        let since_start = self.page.as_ref().map(|page| page.counted.figures());
        let rates = Collection::ALL.map(|collection| {
            let total = over.collection(collection);
            let all = since_start.as_ref().map(|figures| figures.of(collection));
            WorkerRate {
                collection,
                rate: total.rate(),
                reads: total.reads,
                since_start: all.filter(|it| it.reads > 0).map(|it| it.hit_rate()),
                reads_since_start: all.map_or(0, |it| it.reads),
            }
        });
        WorkerNow {
            address: self.address.clone(),
            same_as: None,
            answered_at: self.answered_at,
            trouble: self.trouble.as_ref().map(|trouble| WorkerTrouble {
                says: trouble.says.clone(),
                to_do: trouble.to_do.clone(),
            }),
            version: self
                .page
                .as_ref()
                .map(|page| page.version.clone())
                .unwrap_or_default(),
            started_at: self.page.as_ref().map(|page| page.started_at),
            restarts: self.restarts,
            rates: rates.to_vec(),
        }
    }
}
