//! Jobs in a state, without what they carry.

use crate::connection::{ask, ask_all};
use crate::error::BullResult;
use crate::queue::BullQueue;
use heliograph_engine::ports::{JobLine, JobState};
use heliograph_model::{JobId, Millis};

/// What a line says of a job, in this order.
const FIELDS: [&str; 6] = [
    "name",
    "timestamp",
    "processedOn",
    "finishedOn",
    "failedReason",
    "atm",
];

/// [`FIELDS`] of a job; all of them are absent when it is not there any more.
type Fields = Vec<Option<String>>;

/// In the delayed set a job's place is its time and, below it, its turn within that
/// millisecond.
const TURNS: f64 = 4_096.0;

impl BullQueue {
    pub(super) async fn job_lines(
        &self,
        state: JobState,
        skip: usize,
        most: usize,
    ) -> BullResult<Vec<JobLine>> {
        if most == 0 {
            return Ok(Vec::new());
        }
        match state {
            JobState::Waiting => {
                let ids = self.waiting_ids(skip, most).await?;
                self.lines_of(ids).await
            }
            JobState::Active => {
                let ids = self.tail_first(&self.keys.active(), skip, most).await?;
                self.lines_of(ids).await
            }
            JobState::Delayed => {
                let mut page = redis::cmd("ZRANGE");
                page.arg(self.keys.delayed()).arg(skip).arg(skip + most - 1);
                page.arg("WITHSCORES");
                let page: Vec<(String, f64)> = ask(&self.connection, &page).await?;
                let (ids, scores): (Vec<_>, Vec<_>) = page.into_iter().unzip();
                let mut lines = self.lines_of(ids.clone()).await?;
                for line in &mut lines {
                    let place = ids.iter().position(|id| id == line.id.as_str());
                    line.due_at = place.map(|place| due_at(scores[place]));
                }
                Ok(lines)
            }
            JobState::Failed => self.ended_lines(&self.keys.failed(), skip, most).await,
            JobState::Completed => self.ended_lines(&self.keys.completed(), skip, most).await,
        }
    }

    /// In the order in which they are handed out: the list, what BullMQ 5 put aside, then
    /// those with a priority.
    async fn waiting_ids(&self, skip: usize, most: usize) -> BullResult<Vec<String>> {
        let mut lengths = redis::pipe();
        lengths.cmd("LLEN").arg(self.keys.wait());
        lengths.cmd("LLEN").arg(self.keys.paused());
        let (wait, parked): (usize, usize) = ask_all(&self.connection, &lengths).await?;
        let mut ids = self.tail_first(&self.keys.wait(), skip, most).await?;
        if ids.len() < most {
            let skip = skip.saturating_sub(wait);
            let most = most - ids.len();
            ids.extend(self.tail_first(&self.keys.paused(), skip, most).await?);
        }
        if ids.len() < most {
            let skip = skip.saturating_sub(wait + parked);
            let last = skip + most - ids.len() - 1;
            let mut page = redis::cmd("ZRANGE");
            page.arg(self.keys.prioritized()).arg(skip).arg(last);
            let page: Vec<String> = ask(&self.connection, &page).await?;
            ids.extend(page);
        }
        Ok(ids)
    }

    /// A page of a list whose oldest stands at its end.
    async fn tail_first(&self, key: &str, skip: usize, most: usize) -> BullResult<Vec<String>> {
        let (skip, most) = (signed(skip), signed(most));
        let mut page = redis::cmd("LRANGE");
        page.arg(key).arg(-(skip + most)).arg(-(skip + 1));
        let mut ids: Vec<String> = ask(&self.connection, &page).await?;
        ids.reverse();
        Ok(ids)
    }

    async fn ended_lines(&self, key: &str, skip: usize, most: usize) -> BullResult<Vec<JobLine>> {
        let mut page = redis::cmd("ZREVRANGE");
        page.arg(key).arg(skip).arg(skip + most - 1);
        let ids = ask(&self.connection, &page).await?;
        self.lines_of(ids).await
    }

    /// What there is to say of each; those that have gone meanwhile are left out.
    async fn lines_of(&self, ids: Vec<String>) -> BullResult<Vec<JobLine>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = redis::pipe();
        for id in &ids {
            all.cmd("HMGET").arg(self.keys.job_key(id)).arg(&FIELDS);
        }
        let all: Vec<Fields> = ask_all(&self.connection, &all).await?;
        let lines = ids.into_iter().zip(all);
        Ok(lines.filter_map(|(id, fields)| line(id, fields)).collect())
    }
}

fn line(id: String, fields: Fields) -> Option<JobLine> {
    let mut fields = fields.into_iter();
    let mut next = || fields.next().flatten();
    let name = next()?;
    Some(JobLine {
        name: Some(name).filter(|name| !name.is_empty()),
        added_at: millis(next()),
        started_at: millis(next()),
        ended_at: millis(next()),
        reason: next().filter(|reason| !reason.is_empty()),
        attempts: next().and_then(|atm| atm.parse().ok()).unwrap_or(0),
        ..JobLine::new(JobId::from(id))
    })
}

pub(super) fn millis(text: Option<String>) -> Option<Millis> {
    text?.parse().ok().map(Millis)
}

/// The time in a score of the delayed set.
pub(super) fn due_at(score: f64) -> Millis {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a time in milliseconds fits many times over"
    )]
    Millis((score / TURNS).floor() as i64)
}

/// The score of a time in the delayed set.
pub(super) fn score(at: Millis) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "BullMQ keeps its times in numbers of this size too"
    )]
    let millis = at.0 as f64;
    millis * TURNS
}

fn signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX / 4)
}
