//! When something is tried again: schedules as data.

use heliograph_model::Millis;

/// Waits between tries, in milliseconds; after the last one it is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    waits: Vec<i64>,
    is_exact: bool,
}

impl RetrySchedule {
    /// These waits, each shortened or lengthened at random by up to a tenth.
    #[must_use]
    pub fn new(waits: Vec<i64>) -> Self {
        Self {
            waits,
            is_exact: false,
        }
    }

    /// The same waits to the millisecond: what is played twice happens at the same times.
    #[must_use]
    pub fn exactly(mut self) -> Self {
        self.is_exact = true;
        self
    }

    /// For sends that Instagram asks to repeat: six times in three quarters of an hour, then
    /// every half hour.
    #[must_use]
    pub fn sends() -> Self {
        let (second, minute) = (Millis::SECOND, Millis::MINUTE);
        Self::new(vec![
            second,
            5 * second,
            30 * second,
            2 * minute,
            10 * minute,
            30 * minute,
        ])
    }

    /// For an account whose token has expired: until somebody reconnects it, or until
    /// Instagram would not take the message any more.
    #[must_use]
    pub fn token() -> Self {
        Self::new(vec![
            Millis::MINUTE,
            5 * Millis::MINUTE,
            30 * Millis::MINUTE,
        ])
    }

    /// For a store that cannot be reached. The contact's events wait for it in order.
    #[must_use]
    pub fn store() -> Self {
        Self::new(vec![
            20,
            100,
            500,
            2 * Millis::SECOND,
            5 * Millis::SECOND,
            15 * Millis::SECOND,
        ])
    }

    /// The wait after `tries` tries, shortened or lengthened by up to a tenth so that
    /// what failed together does not come back together; `None`: given up.
    #[must_use]
    pub fn after(&self, tries: u32) -> Option<i64> {
        let wait = *self.waits.get(tries.saturating_sub(1) as usize)?;
        let spread = wait / 10;
        Some(if spread > 0 && !self.is_exact {
            wait + fastrand::i64(-spread..=spread)
        } else {
            wait
        })
    }

    /// The wait after `tries` tries; past the end the last one again.
    #[must_use]
    pub fn after_or_last(&self, tries: u32) -> i64 {
        let last = u32::try_from(self.waits.len()).unwrap_or(u32::MAX);
        self.after(tries.min(last)).unwrap_or(Millis::MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let schedule = RetrySchedule::sends();
        assert!((900..=1_100).contains(&schedule.after(1).expect("a first wait")));
        assert!((4_500..=5_500).contains(&schedule.after(2).expect("a second wait")));
        assert_eq!(schedule.after(7), None);
        assert_eq!(schedule.clone().exactly().after(2), Some(5_000));
        assert!(schedule.after_or_last(8) > 1_600_000, "the last wait again");
    }
}
