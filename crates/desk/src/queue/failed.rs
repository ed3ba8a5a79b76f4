//! What failed, grouped by why.

use super::number::number;
use super::reason::folded;
use super::rows::{JobPage, JobsIn};
use heliograph_engine::ports::{JobFigures, JobLine, JobState, Jobs, PortResult};
use heliograph_model::Millis;
use serde::Serialize;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How many of the latest are looked at,
const MOST: usize = 5_000;
/// and in pages of how many.
pub(super) const PAGE: usize = 1_000;
/// How often that many are read at the most.
const OFTEN: Duration = Duration::from_secs(5);
/// The most groups that are told of.
const GROUPS: usize = 100;

/// Why jobs failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FailedReasons {
    /// Jobs of a kind together, the largest group first.
    pub groups: Vec<ReasonGroup>,
    /// How many of the latest were looked at; the groups count these.
    pub looked_at: u32,
}

/// Jobs that failed for the same reason, numbers and ids aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReasonGroup {
    /// The reason, with its numbers and ids folded; empty where none was given.
    pub reason: String,
    /// How the latest of them says it.
    pub example: String,
    /// How many there are.
    pub count: u32,
    /// When the first of them failed,
    pub first_at: Option<Millis>,
    /// and the last.
    pub last_at: Option<Millis>,
}

/// The failed jobs that were looked at, the latest first, each with its kind.
#[derive(Debug, Default)]
pub(super) struct Failed {
    lines: Vec<(String, JobLine)>,
    /// How the queue stood then; read again when that has changed.
    of: Option<(u64, Option<u64>)>,
    read: Option<Instant>,
}

impl Failed {
    /// Whether this needs not be read again: nothing has changed, or it is much and was
    /// read a moment ago.
    pub(super) fn is_of(&self, figures: &JobFigures) -> bool {
        let is_recent = || self.read.is_some_and(|read| read.elapsed() < OFTEN);
        self.of == Some(mark(figures)) || (self.lines.len() >= PAGE && is_recent())
    }

    pub(super) async fn read(jobs: &dyn Jobs, figures: &JobFigures) -> PortResult<Self> {
        let mut lines = Vec::new();
        while lines.len() < MOST && (lines.len() as u64) < figures.failed {
            let page = jobs.list(JobState::Failed, lines.len(), PAGE).await?;
            if page.is_empty() {
                break;
            }
            lines.extend(page.into_iter().map(|line| (kind(&line), line)));
        }
        Ok(Self {
            lines,
            of: Some(mark(figures)),
            read: Some(Instant::now()),
        })
    }

    pub(super) fn reasons(&self) -> FailedReasons {
        let mut groups: Vec<ReasonGroup> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (kind, line) in &self.lines {
            let place = *places.entry(kind).or_insert_with(|| {
                groups.push(ReasonGroup {
                    reason: kind.clone(),
                    example: line.reason.clone().unwrap_or_default(),
                    count: 0,
                    first_at: None,
                    last_at: line.ended_at,
                });
                groups.len() - 1
            });
            let group = &mut groups[place];
            group.count += 1;
            group.first_at = line.ended_at.or(group.first_at);
        }
        groups.sort_by_key(|group| std::cmp::Reverse((group.count, group.last_at)));
        groups.truncate(GROUPS);
        FailedReasons {
            groups,
            looked_at: number(self.lines.len() as u64),
        }
    }

    /// Those of one kind.
    pub(super) fn page(&self, reason: &str, skip: usize, most: usize) -> JobPage {
        let of_kind = self.lines.iter().filter(|(kind, _)| kind == reason);
        let total = of_kind.clone().count();
        let rows = of_kind.skip(skip).take(most);
        JobPage {
            state: JobsIn::Failed,
            skip: number(skip as u64),
            total: number(total as u64),
            rows: rows.map(|(_, line)| line.clone().into()).collect(),
        }
    }
}

/// Whether something has failed, or left the dead letter.
fn mark(figures: &JobFigures) -> (u64, Option<u64>) {
    (
        figures.failed,
        figures.counted.map(|counted| counted.failed),
    )
}

/// The kind of a job's reason.
pub(super) fn kind(line: &JobLine) -> String {
    folded(line.reason.as_deref().unwrap_or_default())
}
