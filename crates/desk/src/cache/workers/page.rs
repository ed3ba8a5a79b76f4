//! The page of metrics that `heliograph serve` and `heliograph worker` show
//! (`docs/metrics.md`), as far as it is about caches and what was handled.

use super::counted::Counted;
use super::series::{Malformed, Series, read};
use heliograph_engine::histogram::Distribution;
use heliograph_model::{Collection, ErrorClass, Millis, OutboxState, Outcome, Tier};

/// One look at a worker.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cache) struct Page {
    /// When its engine started, by its own clock: another time is another process.
    pub started_at: Millis,
    /// What the process is called; a worker of an older version does not tell.
    pub worker: Option<String>,
    /// Its version.
    pub version: String,
    /// What it has counted of its cache and its sends since then.
    pub counted: Counted,
    /// Deliveries that it took since then,
    pub deliveries: u64,
    /// events in them,
    pub events: u64,
    /// messages that Instagram took,
    pub sent: u64,
    /// and those that ended otherwise.
    pub failed: u64,
}

/// Why a page cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is in another format.
    Malformed(Malformed),
    /// It is somebody else's page.
    Foreign,
}

impl From<Malformed> for Unusable {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The buckets of one histogram as they come.
#[derive(Debug, Default)]
struct Buckets {
    /// Bounds in microseconds, and how many were at most so long.
    at_most: Vec<(u64, u64)>,
    /// The bucket without a bound.
    all: Option<u64>,
    sum_micros: u64,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// When it is in another format, or none of Heliograph's.
    pub(super) fn read(text: &str) -> Result<Self, Unusable> {
        let mut started_at = None;
        let mut page = Self {
            started_at: Millis(0),
            worker: None,
            version: String::new(),
            counted: Counted::none(),
            deliveries: 0,
            events: 0,
            sent: 0,
            failed: 0,
        };
        let mut is_ours = false;
        let mut times: [Buckets; Collection::ALL.len() * Tier::ALL.len()] =
            std::array::from_fn(|_| Buckets::default());
        for series in read(text)? {
            match series.name {
                "process_start_time_seconds" => started_at = Some(start(&series)?),
                "heliograph_build_info" => {
                    series
                        .label("version")
                        .unwrap_or_default()
                        .clone_into(&mut page.version);
                }
                "heliograph_worker_info" => {
                    page.worker = series.label("id").map(str::to_owned);
                }
                "heliograph_deliveries_total" => page.deliveries = count(&series)?,
                "heliograph_events_total" => page.events += count(&series)?,
                "heliograph_sends_total" => page.send(&series)?,
                "heliograph_send_errors_total" => {
                    let class = named(&series, "class", ErrorClass::ALL, ErrorClass::as_str)?;
                    page.counted.send_errors[class as usize] = count(&series)?;
                }
                "heliograph_cache_reads_total" => {
                    is_ours = true;
                    let outcome = named(&series, "outcome", Outcome::ALL, Outcome::as_str)?;
                    let (collection, tier) = place(&series)?;
                    let reads = page.counted.read_mut(collection, tier);
                    reads.outcomes[outcome as usize] = count(&series)?;
                }
                "heliograph_cache_read_seconds_bucket" => {
                    let (collection, tier) = place(&series)?;
                    times[at(collection, tier)].bucket(&series)?;
                }
                "heliograph_cache_read_seconds_sum" => {
                    let (collection, tier) = place(&series)?;
                    times[at(collection, tier)].sum_micros = micros(&series, series.value)?;
                }
                "heliograph_cache_expired_total" => {
                    let (collection, tier) = place(&series)?;
                    page.counted.read_mut(collection, tier).expired = count(&series)?;
                }
                "heliograph_cache_writes_total" => {
                    page.counted.writes[collection(&series)? as usize] = count(&series)?;
                }
                "heliograph_cache_invalidations_total" => {
                    page.counted.invalidations[collection(&series)? as usize] = count(&series)?;
                }
                "heliograph_cache_errors_total" => {
                    page.counted.errors[collection(&series)? as usize] = count(&series)?;
                }
                _ => {}
            }
        }
        page.started_at = started_at.filter(|_| is_ours).ok_or(Unusable::Foreign)?;
        for (reads, times) in page.counted.reads.iter_mut().zip(times) {
            reads.times = times.distribution();
        }
        Ok(page)
    }

    /// Its figures of sends: what is tried again later has not ended.
    fn send(&mut self, series: &Series<'_>) -> Result<(), Malformed> {
        let number = count(series)?;
        match named(series, "result", OutboxState::ALL, OutboxState::as_str)? {
            OutboxState::Sent => self.sent += number,
            OutboxState::Failed | OutboxState::Unknown | OutboxState::Dropped => {
                self.failed += number;
            }
            OutboxState::Retrying => {}
        }
        Ok(())
    }
}

impl Buckets {
    fn bucket(&mut self, series: &Series<'_>) -> Result<(), Malformed> {
        let number = count(series)?;
        let bound = series.label("le").unwrap_or_default();
        let below = self.at_most.last().map_or(0, |(_, number)| *number);
        if number < below {
            return Err(series.malformed("a bucket holds less than the one below it"));
        }
        if bound == "+Inf" {
            self.all = Some(number);
            return Ok(());
        }
        let seconds: f64 = bound
            .parse()
            .map_err(|_| series.malformed(format!("“{bound}” is no bound of a bucket")))?;
        let bound = micros(series, seconds)?;
        if self.all.is_some() || self.at_most.last().is_some_and(|(last, _)| *last >= bound) {
            return Err(series.malformed("the bounds of the buckets do not rise"));
        }
        self.at_most.push((bound, number));
        Ok(())
    }

    fn distribution(&self) -> Distribution {
        let last = self.at_most.last().map_or(0, |(_, number)| *number);
        Distribution::of_buckets(&self.at_most, self.all.unwrap_or(last), self.sum_micros)
    }
}

fn at(collection: Collection, tier: Tier) -> usize {
    collection as usize * Tier::ALL.len() + tier as usize
}

fn place(series: &Series<'_>) -> Result<(Collection, Tier), Malformed> {
    let tier = named(series, "tier", Tier::ALL, Tier::as_str)?;
    Ok((collection(series)?, tier))
}

fn collection(series: &Series<'_>) -> Result<Collection, Malformed> {
    named(series, "collection", Collection::ALL, Collection::as_str)
}

/// The one of a closed set that a label names.
fn named<T: Copy, const N: usize>(
    series: &Series<'_>,
    label: &str,
    all: [T; N],
    name: impl Fn(T) -> &'static str,
) -> Result<T, Malformed> {
    let said = series.label(label).unwrap_or_default();
    let found = all.into_iter().find(|each| name(*each) == said);
    found.ok_or_else(|| {
        series.malformed(format!(
            "this version knows no {label} “{said}”: the worker's is newer, or it is no worker"
        ))
    })
}

/// A number that is counted.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it was looked at that it is whole, not negative and not too large"
)]
fn count(series: &Series<'_>) -> Result<u64, Malformed> {
    /// Up to here a double holds every whole number.
    const MOST: f64 = 9_007_199_254_740_992.0;
    let value = series.value;
    if (0.0..=MOST).contains(&value) && value.fract() == 0.0 {
        return Ok(value as u64);
    }
    Err(series.malformed(format!("{value} cannot have been counted")))
}

/// Seconds as microseconds.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it was looked at that it is neither negative nor too large"
)]
fn micros(series: &Series<'_>, seconds: f64) -> Result<u64, Malformed> {
    let micros = (seconds * 1e6).round();
    if (0.0..1e18).contains(&micros) {
        return Ok(micros as u64);
    }
    Err(series.malformed(format!("{seconds} s cannot have passed")))
}

/// When the worker started.
#[allow(clippy::cast_possible_truncation, reason = "a time of this age")]
fn start(series: &Series<'_>) -> Result<Millis, Malformed> {
    let millis = (series.value * 1e3).round();
    if (0.0..1e15).contains(&millis) {
        return Ok(Millis(millis as i64));
    }
    Err(series.malformed("this is no time at which it can have started"))
}
