//! Counting how often something may happen in a time.

use heliograph_model::Millis;
use std::collections::VecDeque;

/// A token bucket: `rate` a second, and at most `burst` at once.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    rate: f64,
    burst: f64,
    tokens: f64,
    at: Millis,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(rate: u32, burst: u32, now: Millis) -> Self {
        let burst = f64::from(burst.max(1));
        Self {
            rate: f64::from(rate.max(1)),
            burst,
            tokens: burst,
            at: now,
        }
    }

    /// Takes one token if there is one.
    pub(crate) fn take(&mut self, now: Millis) -> bool {
        self.refill(now);
        let there = self.tokens >= 1.0;
        if there {
            self.tokens -= 1.0;
        }
        there
    }

    /// Takes one token, on credit where there is none, and says how many milliseconds to
    /// wait for it. Takes nothing and returns `Err` with the wait when that would be more
    /// than `most`.
    pub(crate) fn reserve(&mut self, now: Millis, most: i64) -> Result<i64, i64> {
        self.refill(now);
        let missing = 1.0 - self.tokens;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a wait in milliseconds, and a cast from f64 saturates"
        )]
        let wait = (missing.max(0.0) / self.rate * 1000.0).ceil() as i64;
        if wait > most {
            return Err(wait);
        }
        self.tokens -= 1.0;
        Ok(wait)
    }

    /// Goes on at another rate, with as much at once as `share` of the burst. What was
    /// promised before stays promised.
    pub(crate) fn ease(&mut self, rate: f64, share: f64, now: Millis) {
        self.refill(now);
        self.rate = rate;
        self.tokens = self.tokens.min(self.burst * share);
    }

    /// How many a second.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// How full the use is, in percent of the burst.
    pub(crate) fn used_percent(&self) -> u32 {
        percent(self.burst - self.tokens, self.burst)
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds since the last call are far below 2^53"
    )]
    fn refill(&mut self, now: Millis) {
        let passed = now.since(self.at);
        if passed > 0 {
            self.tokens = (self.tokens + passed as f64 / 1000.0 * self.rate).min(self.burst);
            self.at = now;
        }
    }
}

/// At most `most` in any `span_ms` milliseconds, exactly.
#[derive(Debug, Clone)]
pub(crate) struct RollingCount {
    most: usize,
    span_ms: i64,
    at: VecDeque<Millis>,
}

impl RollingCount {
    pub(crate) fn new(most: u32, span_ms: i64) -> Self {
        Self {
            most: most as usize,
            span_ms,
            at: VecDeque::new(),
        }
    }

    /// Counts one more, or says how many milliseconds it is until one fits.
    pub(crate) fn take(&mut self, now: Millis) -> Result<(), i64> {
        while self
            .at
            .front()
            .is_some_and(|at| now.since(*at) >= self.span_ms)
        {
            self.at.pop_front();
        }
        if self.at.len() < self.most {
            self.at.push_back(now);
            return Ok(());
        }
        let oldest = self.at.front().copied().unwrap_or(now);
        Err((self.span_ms - now.since(oldest)).max(1))
    }

    /// How much of it is used, in percent.
    #[allow(clippy::cast_precision_loss, reason = "a few hundred at the most")]
    pub(crate) fn used_percent(&self) -> u32 {
        percent(self.at.len() as f64, self.most.max(1) as f64)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=100 first"
)]
fn percent(part: f64, whole: f64) -> u32 {
    (part / whole * 100.0).clamp(0.0, 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let mut bucket = Bucket::new(10, 3, Millis(0));
        assert_eq!((0..5).filter(|_| bucket.take(Millis(0))).count(), 3);
        assert!(!bucket.take(Millis(99)));
        assert!(bucket.take(Millis(100)));
        assert_eq!((0..50).filter(|_| bucket.take(Millis(60_000))).count(), 3);
    }

    #[test]
    fn a_reservation_says_how_long_to_wait_and_refuses_what_is_too_long() {
        let mut bucket = Bucket::new(10, 1, Millis(0));
        let waits: Vec<_> = (0..4).map(|_| bucket.reserve(Millis(0), 200)).collect();
        assert_eq!(waits, [Ok(0), Ok(100), Ok(200), Err(300)]);
        assert_eq!(bucket.reserve(Millis(300), 200), Ok(0));
    }

    #[test]
    fn a_rolling_count_frees_a_place_when_the_oldest_is_out_of_the_span() {
        let mut count = RollingCount::new(2, 1000);
        assert_eq!(count.take(Millis(0)), Ok(()));
        assert_eq!(count.take(Millis(400)), Ok(()));
        assert_eq!(count.take(Millis(500)), Err(500));
        assert_eq!(count.take(Millis(1000)), Ok(()));
        assert_eq!(count.take(Millis(1001)), Err(399));
        assert_eq!(count.used_percent(), 100);
    }
}
