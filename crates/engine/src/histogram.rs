//! How long things take, counted without a lock.
//!
//! The buckets are the same everywhere, ten for each power of ten, with bounds that
//! people use for their limits (50 ms, 1 s). So a share below a limit is exact, a
//! quantile is at most a third off, and histograms can be added and subtracted.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// The upper bounds of the buckets in microseconds, from 1 µs to 100 s. What takes
/// longer is counted in one more bucket without a bound.
pub const BOUNDS: [u64; NUMBER] = bounds();

/// How many bounds there are.
const NUMBER: usize = 78;
/// The bounds below 10 µs, where tenths of a microsecond do not count.
const FIRST: [u64; 7] = [1, 2, 3, 4, 5, 6, 8];
/// The bounds within a power of ten, in tenths.
const TENTHS: [u64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

const fn bounds() -> [u64; NUMBER] {
    let mut bounds = [0; NUMBER];
    let mut at = 0;
    while at < FIRST.len() {
        bounds[at] = FIRST[at];
        at += 1;
    }
    let mut power = 1;
    while at < NUMBER {
        let step = (at - FIRST.len()) % TENTHS.len();
        if step == 0 && at > FIRST.len() {
            power *= 10;
        }
        bounds[at] = TENTHS[step] * power;
        at += 1;
    }
    bounds
}

/// Counts durations. Two additions for each, and nothing is ever waited for.
#[derive(Debug)]
pub struct Histogram {
    counts: [AtomicU64; NUMBER],
    beyond: AtomicU64,
    sum_micros: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: [const { AtomicU64::new(0) }; NUMBER],
            beyond: AtomicU64::new(0),
            sum_micros: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    /// Counts one duration.
    pub fn observe(&self, took: Duration) {
        self.observe_micros(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Counts one duration between two times of a clock, in milliseconds; what a clock
    /// that was set back makes negative counts as nothing.
    pub fn observe_millis(&self, millis: i64) {
        self.observe_micros(millis.max(0).unsigned_abs().saturating_mul(1_000));
    }

    /// Counts one duration in microseconds.
    pub fn observe_micros(&self, micros: u64) {
        let place = BOUNDS.partition_point(|bound| *bound < micros);
        self.counts
            .get(place)
            .unwrap_or(&self.beyond)
            .fetch_add(1, Relaxed);
        self.sum_micros.fetch_add(micros, Relaxed);
    }

    /// All durations so far together, in microseconds.
    #[must_use]
    pub fn sum_micros(&self) -> u64 {
        self.sum_micros.load(Relaxed)
    }

    /// What has been counted so far.
    #[must_use]
    pub fn read(&self) -> Distribution {
        let mut counts = [0; NUMBER];
        for (count, counter) in counts.iter_mut().zip(&self.counts) {
            *count = counter.load(Relaxed);
        }
        Distribution {
            counts: Box::new(counts),
            beyond: self.beyond.load(Relaxed),
            sum_micros: self.sum_micros.load(Relaxed),
        }
    }
}

/// What a [`Histogram`] had counted at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    counts: Box<[u64; NUMBER]>,
    beyond: u64,
    sum_micros: u64,
}

impl Distribution {
    /// What another process counted, as it tells it: for each of its bounds in microseconds,
    /// in rising order, how many durations were at most so long; `count` is all of them. Where
    /// its buckets are wider than ours, theirs are dealt out over ours in turn, so that later
    /// readings of the same process only grow, and a quantile is within its bucket.
    #[must_use]
    pub fn of_buckets(at_most: &[(u64, u64)], count: u64, sum_micros: u64) -> Self {
        let mut counts = Box::new([0; NUMBER]);
        let (mut begin, mut below) = (0, 0);
        for &(bound, so_far) in at_most {
            let inside = so_far.saturating_sub(below);
            below = below.max(so_far);
            let end = BOUNDS.partition_point(|ours| *ours <= bound);
            // Narrower than ours: it is in the one around it.
            let range = if end > begin {
                begin..end
            } else {
                begin.min(NUMBER - 1)..(begin + 1).min(NUMBER)
            };
            begin = begin.max(end);
            let width = range.len() as u64;
            for (turn, ours) in (0..width).zip(&mut counts[range]) {
                *ours += inside / width + u64::from(turn < inside % width);
            }
        }
        Self {
            counts,
            beyond: count.saturating_sub(below),
            sum_micros,
        }
    }

    /// How many durations were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.beyond
    }

    /// All durations together, in microseconds.
    #[must_use]
    pub fn sum_micros(&self) -> u64 {
        self.sum_micros
    }

    /// What came since `before`, which is an earlier reading of the same histogram.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut counts = self.counts.clone();
        for (count, earlier) in counts.iter_mut().zip(before.counts.iter()) {
            *count = count.saturating_sub(*earlier);
        }
        Self {
            counts,
            beyond: self.beyond.saturating_sub(before.beyond),
            sum_micros: self.sum_micros.saturating_sub(before.sum_micros),
        }
    }

    /// These durations and those of `other` together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut counts = self.counts.clone();
        for (count, more) in counts.iter_mut().zip(other.counts.iter()) {
            *count += more;
        }
        Self {
            counts,
            beyond: self.beyond + other.beyond,
            sum_micros: self.sum_micros + other.sum_micros,
        }
    }

    /// How many were at most so long; exact where `micros` is one of the [`BOUNDS`], and
    /// otherwise the number for the bound below it.
    #[must_use]
    pub fn at_most(&self, micros: u64) -> u64 {
        let place = BOUNDS.partition_point(|bound| *bound <= micros);
        self.counts[..place].iter().sum()
    }

    /// The duration in microseconds that the share `quantile` (0 to 1) did not exceed,
    /// within the bucket that holds it; `None` when nothing was counted. What lies beyond
    /// the last bound is told as that bound.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate for people; a count that a double cannot hold would take ages"
    )]
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = ((quantile.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1);
        let mut below = 0;
        let mut lower = 0;
        for (&upper, &inside) in BOUNDS.iter().zip(self.counts.iter()) {
            if below + inside >= rank {
                let share = (rank - below) as f64 / inside as f64;
                return Some(lower as f64 + (upper - lower) as f64 * share);
            }
            below += inside;
            lower = upper;
        }
        Some(lower as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bounds around a duration: it is above the first and at most the second.
    fn bucket(micros: u64) -> (u64, u64) {
        let place = BOUNDS.partition_point(|bound| *bound < micros);
        let lower = place.checked_sub(1).map_or(0, |before| BOUNDS[before]);
        (lower, BOUNDS.get(place).copied().unwrap_or(lower))
    }

    #[test]
    fn the_bounds_rise_and_are_the_ones_that_people_use() {
        assert!(BOUNDS.is_sorted_by(|a, b| a < b), "{BOUNDS:?}");
        assert_eq!(BOUNDS[0], 1);
        assert_eq!(BOUNDS[NUMBER - 1], 100_000_000);
        for limit in [10, 250, 1_000, 5_000, 50_000, 1_000_000, 2_500_000] {
            assert!(BOUNDS.contains(&limit), "{limit} µs");
        }
        for pair in BOUNDS[FIRST.len() - 1..].windows(2) {
            assert!(
                pair[1] * 3 <= pair[0] * 4,
                "at most a third apart: {pair:?}"
            );
        }
    }

    #[test]
    fn nothing_counted_is_no_quantile() {
        let read = Histogram::default().read();
        assert_eq!((read.count(), read.sum_micros()), (0, 0));
        assert_eq!(read.quantile(0.99), None);
    }

    #[test]
    fn readings_are_subtracted_and_added() {
        let histogram = Histogram::default();
        histogram.observe_micros(5);
        let before = histogram.read();
        histogram.observe_micros(700);
        histogram.observe(Duration::from_secs(3_600));
        let since = histogram.read().since(&before);
        assert_eq!((since.count(), since.at_most(5)), (2, 0));
        assert_eq!(since.sum_micros(), 3_600_000_700);
        assert_eq!(before.with(&since), histogram.read());
    }

    #[test]
    fn what_is_beyond_the_last_bound_is_counted() {
        let histogram = Histogram::default();
        histogram.observe(Duration::from_secs(3_600));
        let read = histogram.read();
        assert_eq!(read.count(), 1);
        assert_eq!(read.at_most(100_000_000), 0);
        assert_eq!(read.quantile(0.5), Some(100_000_000.0));
    }

    #[test]
    fn what_another_process_counted_keeps_its_numbers_and_only_grows() {
        let told = |ten: u64, twenty_five: u64, all: u64| {
            let buckets = [(10, ten), (25, ten + twenty_five)];
            Distribution::of_buckets(&buckets, all, 1_000)
        };
        let read = told(3, 7, 12);
        assert_eq!((read.count(), read.sum_micros()), (12, 1_000));
        assert_eq!((read.at_most(10), read.at_most(25)), (3, 10));
        assert_eq!(read.at_most(100_000_000), 10, "two are beyond every bound");
        let median = read.quantile(0.5).expect("something was counted");
        assert!((10.0..=25.0).contains(&median), "{median}");
        for more in 8..40 {
            let later = told(3, more, more + 5);
            let since = later.since(&told(3, more - 1, more + 4));
            assert_eq!(since.count(), 1, "one more, and none less anywhere");
        }
        // Buckets that are narrower than ours.
        let narrow = Distribution::of_buckets(&[(20, 0), (21, 1), (22, 3), (25, 3)], 3, 65);
        assert_eq!((narrow.at_most(20), narrow.at_most(25)), (0, 3));
    }

    #[test]
    fn a_clock_that_was_set_back_counts_as_nothing() {
        let histogram = Histogram::default();
        histogram.observe_millis(-5_000);
        assert_eq!(histogram.read().at_most(1), 1);
        assert_eq!(histogram.read().sum_micros(), 0);
    }

    /// Durations of all sizes, from nothing to minutes.
    fn durations() -> impl Strategy<Value = Vec<u64>> {
        let one = (0_u32..28, 0_u64..1 << 28).prop_map(|(bits, value)| value >> bits);
        prop::collection::vec(one, 1..300)
    }

    proptest! {
        #[test]
        fn a_quantile_is_in_the_bucket_of_the_exact_one(
            mut durations in durations(),
            quantile in 0.0_f64..=1.0,
        ) {
            let histogram = Histogram::default();
            for &micros in &durations {
                histogram.observe_micros(micros);
            }
            let read = histogram.read();
            durations.sort_unstable();
            let number = durations.len();
            #[allow(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss
            )]
            let rank = ((quantile * number as f64).ceil() as usize).max(1);
            let exact = durations[rank - 1];
            let (lower, upper) = bucket(exact);
            let told = read.quantile(quantile).expect("something was counted");
            #[allow(clippy::cast_precision_loss)]
            let within = lower as f64 <= told && told <= upper as f64;
            prop_assert!(within, "{exact} is in {lower}..={upper}, and {told} was told");
            prop_assert_eq!(read.count(), number as u64);
            prop_assert_eq!(read.sum_micros(), durations.iter().sum::<u64>());
            for bound in BOUNDS {
                let counted = durations.iter().filter(|micros| **micros <= bound).count();
                prop_assert_eq!(read.at_most(bound), counted as u64);
            }
        }
    }
}
