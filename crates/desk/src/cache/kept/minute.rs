//! What came in a minute, and as a line of the file.

use super::super::sample::{Sample, ServerCounts};
use super::super::workers::counted::Counted;
use heliograph_engine::histogram::{BOUNDS, Distribution};
use heliograph_model::{Collection, Millis, Outcome, Tier};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const COLLECTIONS: usize = Collection::ALL.len();

/// What came in a minute, or in what somebody looked at of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cache) struct Minute {
    /// When it ended, by the clock of this machine.
    pub(in crate::cache) at: Millis,
    /// How long it was, in milliseconds.
    pub(in crate::cache) millis: i64,
    pub(in crate::cache) came: Counted,
    pub(in crate::cache) heard: [u64; COLLECTIONS],
    /// What the servers counted meanwhile, and how they were at its end.
    pub(in crate::cache) server: Option<ServerCounts>,
}

/// A minute as it is written. What is nothing is left out: most minutes are quiet.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    at: i64,
    millis: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reads: Vec<LineReads>,
    #[serde(default, skip_serializing_if = "are_none")]
    errors: [u64; COLLECTIONS],
    #[serde(default, skip_serializing_if = "are_none")]
    writes: [u64; COLLECTIONS],
    #[serde(default, skip_serializing_if = "are_none")]
    invalidations: [u64; COLLECTIONS],
    #[serde(default, skip_serializing_if = "are_none")]
    heard: [u64; COLLECTIONS],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<ServerCounts>,
}

/// The reads of one collection that one tier answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LineReads {
    collection: Collection,
    tier: Tier,
    outcomes: [u64; Outcome::ALL.len()],
    /// Files of earlier versions do not tell it.
    #[serde(default, skip_serializing_if = "is_none")]
    expired: u64,
    /// Bounds in microseconds, and how many took at most so long; only those where the
    /// number grows.
    at_most: Vec<(u64, u64)>,
    count: u64,
    sum_micros: u64,
}

fn are_none(numbers: &[u64; COLLECTIONS]) -> bool {
    *numbers == [0; COLLECTIONS]
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_none(number: &u64) -> bool {
    *number == 0
}

impl Minute {
    /// What came between two looks.
    pub(super) fn between(from: &(Millis, Arc<Sample>), to: &(Millis, Arc<Sample>)) -> Self {
        let (before, after) = (&from.1, &to.1);
        let mut heard = after.heard;
        for (heard, before) in heard.iter_mut().zip(before.heard) {
            *heard = heard.saturating_sub(before);
        }
        Self {
            at: to.0,
            millis: to.0.since(from.0),
            came: Counted::of(after).since(&Counted::of(before)),
            heard,
            server: after
                .server
                .map(|after| after.since(&before.server.unwrap_or(after))),
        }
    }

    /// When it began.
    pub(in crate::cache) fn began_at(&self) -> Millis {
        self.at + -self.millis
    }

    pub(super) fn line(&self) -> String {
        let reads = self.came.reads.iter().filter(|reads| {
            reads.outcomes.iter().any(|number| *number > 0)
                || reads.expired > 0
                || reads.times.count() > 0
        });
        let line = Line {
            at: self.at.0,
            millis: self.millis,
            reads: reads
                .map(|reads| LineReads {
                    collection: reads.collection,
                    tier: reads.tier,
                    outcomes: reads.outcomes,
                    expired: reads.expired,
                    at_most: buckets(&reads.times),
                    count: reads.times.count(),
                    sum_micros: reads.times.sum_micros(),
                })
                .collect(),
            errors: self.came.errors,
            writes: self.came.writes,
            invalidations: self.came.invalidations,
            heard: self.heard,
            server: self.server,
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// `None` for what is no such line.
    pub(super) fn read(text: &str) -> Option<Self> {
        let line: Line = serde_json::from_str(text).ok()?;
        if !(1..=Millis::DAY).contains(&line.millis) || line.at <= 0 {
            return None;
        }
        let mut came = Counted::none();
        for reads in line.reads {
            let of = came.read_mut(reads.collection, reads.tier);
            of.outcomes = reads.outcomes;
            of.expired = reads.expired;
            of.times = Distribution::of_buckets(&reads.at_most, reads.count, reads.sum_micros);
        }
        came.errors = line.errors;
        came.writes = line.writes;
        came.invalidations = line.invalidations;
        Some(Self {
            at: Millis(line.at),
            millis: line.millis,
            came,
            heard: line.heard,
            server: line.server,
        })
    }
}

/// The buckets in which something is. Their lower ends are told too where the bucket below
/// is empty, so that they come back as they were.
fn buckets(times: &Distribution) -> Vec<(u64, u64)> {
    let mut told = Vec::new();
    let (mut below, mut last) = (None, 0);
    for bound in BOUNDS {
        let number = times.at_most(bound);
        if number > last {
            if let Some(below) = below {
                told.push((below, last));
            }
            told.push((bound, number));
            (below, last) = (None, number);
        } else {
            below = Some(bound);
        }
    }
    told
}
