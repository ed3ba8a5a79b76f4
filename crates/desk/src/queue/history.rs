//! The looks of the last minutes, for the lines under the numbers.

use super::number::number;
use heliograph_engine::ports::{JobFigures, JobsCounted};
use heliograph_model::Millis;
use serde::Serialize;
use std::collections::VecDeque;

/// How long a look is kept, in milliseconds.
const KEPT_MS: i64 = 5 * Millis::MINUTE;
/// Over how long a rate is taken, in milliseconds,
const RATE_MS: i64 = Millis::MINUTE;
/// and over how long at the least.
const LEAST_MS: i64 = 10_000;

/// One look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QueuePoint {
    /// When, by the machine's clock.
    pub at: Millis,
    /// Due and not handed out.
    pub waiting: u32,
    /// Handed out and not finished.
    pub active: u32,
    /// To be handed out later.
    pub delayed: u32,
    /// In the dead letter.
    pub failed: u32,
    /// How many were done since the look before; `None` when that is not known.
    pub done: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct History {
    points: VecDeque<(QueuePoint, Option<JobsCounted>)>,
}

/// How many a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rates {
    pub(super) added: f64,
    pub(super) done: f64,
    pub(super) failed: f64,
}

impl History {
    /// Takes in a look.
    pub(super) fn look(&mut self, at: Millis, figures: &JobFigures) {
        let before = self.points.back().and_then(|(_, counted)| *counted);
        let done = match (before, figures.counted) {
            (Some(before), Some(now)) => {
                Some(number(now.completed - before.completed.min(now.completed)))
            }
            _ => None,
        };
        let point = QueuePoint {
            at,
            waiting: number(figures.waiting),
            active: number(figures.active),
            delayed: number(figures.delayed),
            failed: number(figures.failed),
            done,
        };
        self.points.push_back((point, figures.counted));
        while self
            .points
            .front()
            .is_some_and(|(point, _)| at.since(point.at) > KEPT_MS)
        {
            self.points.pop_front();
        }
    }

    pub(super) fn points(&self) -> Vec<QueuePoint> {
        self.points.iter().map(|(point, _)| *point).collect()
    }

    /// How many a minute come, are done and fail, over the last minute; `None` until it was
    /// looked at for some seconds.
    pub(super) fn a_minute(&self) -> Option<Rates> {
        let (now, counted) = self.points.back()?;
        let counted = (*counted)?;
        let (first, before) = self
            .points
            .iter()
            .find(|(point, counted)| now.at.since(point.at) <= RATE_MS && counted.is_some())?;
        let (millis, before) = (now.at.since(first.at), (*before)?);
        if millis < LEAST_MS {
            return None;
        }
        let rate = |now: u64, before: u64| {
            f64::from(number(now.saturating_sub(before))) * (RATE_MS as f64) / (millis as f64)
        };
        Some(Rates {
            added: rate(counted.added, before.added),
            done: rate(counted.completed, before.completed),
            failed: rate(counted.failed, before.failed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(completed: u64) -> JobFigures {
        JobFigures {
            counted: Some(JobsCounted {
                added: completed * 2,
                completed,
                failed: 1,
            }),
            ..JobFigures::default()
        }
    }

    fn rates(added: f64, done: f64) -> Rates {
        Rates {
            added,
            done,
            failed: 0.0,
        }
    }

    #[test]
    fn rates_are_of_the_last_minute_and_looks_of_the_last_five() {
        let mut history = History::default();
        history.look(Millis(0), &figures(0));
        assert_eq!(history.a_minute(), None, "one look is no rate");
        for second in 1..=400_i64 {
            // Two a second, then nothing in the last minute.
            let done = second.min(330).unsigned_abs() * 2;
            history.look(Millis(second * 1_000), &figures(done));
            if second == 10 {
                assert_eq!(history.a_minute(), Some(rates(240.0, 120.0)));
            }
        }
        assert_eq!(history.a_minute(), Some(rates(0.0, 0.0)));
        let points = history.points();
        assert_eq!(points.len(), 301);
        assert_eq!(points[0].done, Some(2));
        assert_eq!(points[300].done, Some(0));
    }
}
