//! The sends that failed for good: why, for whom they were, and forgetting them or sending
//! them again on purpose.
//!
//! None of them is sent again by itself. What led to it was decided under a window that may
//! have closed, with a state that may have moved on; what has changed since is told before
//! somebody sends it again.

mod again;
mod kept;
mod rows;

pub use again::{AgainDoubt, AgainDoubts, AgainLeftOut, AgainRow, NotAgain, SendAgainQuestion};
pub use kept::{FailedSendsNews, SendGroup};
pub use rows::{SendPage, SendRow};

use super::error::{QueueError, Result};
use super::moving::JobsMoved;
use super::number::number;
use super::writing::JobsFile;
use super::{MOST_ROWS, QueueDesk};
use heliograph_model::{OutboxId, SendRecord};
use kept::kind;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) use kept::Kept;
pub(super) use rows::Names;

/// The most that are chosen with one wish.
const MOST: usize = 20_000;

/// Which of the failed sends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "which", rename_all = "snake_case")]
pub enum SendChoice {
    /// These.
    Some {
        /// Which.
        ids: Vec<OutboxId>,
    },
    /// Those that failed for a reason of this kind.
    Reason {
        /// With its numbers and ids folded.
        reason: String,
    },
    /// All of them.
    All,
}

impl QueueDesk {
    /// Failed sends, a page at a time, the latest first; on request those of one reason.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn failed_sends(
        &self,
        reason: Option<&str>,
        skip: u32,
        most: u32,
    ) -> Result<SendPage> {
        let runtime = self.runtime()?;
        let (skip, most) = (skip as usize, (most as usize).min(MOST_ROWS));
        let (records, total) = if let Some(reason) = reason {
            let kept = Arc::clone(&self.state.lock().sends);
            kept.page(reason, skip, most)
        } else {
            let sends = runtime.failed_sends();
            let records = sends.list(skip, most).await?;
            (records, number(sends.count().await?))
        };
        let names = Arc::clone(&self.state.lock().names);
        names.learn(&runtime, &records).await;
        let rows = records
            .into_iter()
            .map(|record| names.row(&runtime, record));
        let rows: Vec<_> = rows.collect();
        Ok(SendPage {
            skip: number(skip as u64),
            total: total.max(number((skip + rows.len()) as u64)),
            rows,
        })
    }

    /// Which failed sends a choice is now. With their ids, what is asked about is what is
    /// forgotten, and nothing that came since.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn choose_sends(&self, choice: &SendChoice) -> Result<Vec<OutboxId>> {
        let sends = self.runtime()?.failed_sends();
        Ok(match choice {
            SendChoice::Some { ids } => ids.clone(),
            SendChoice::Reason { reason } => {
                let mut records = sends.list(0, MOST).await?;
                records.retain(|record| kind(record) == *reason);
                ids_of(&records)
            }
            SendChoice::All => ids_of(&sends.list(0, MOST).await?),
        })
    }

    /// Takes failed sends off the list. Nothing is sent, and nothing of it can be put back.
    ///
    /// # Errors
    /// When the guard level does not allow it, or the list cannot be written.
    pub async fn forget_sends(&self, ids: &[OutboxId]) -> Result<JobsMoved> {
        let gone = self.runtime()?.failed_sends().forget(ids).await?;
        {
            let mut state = self.state.lock();
            state.sends = Arc::new(state.sends.without(ids));
        }
        self.told_changed();
        Ok(JobsMoved {
            moved: number(gone),
            of: number(ids.len() as u64),
        })
    }

    /// Failed sends as a text: a JSON array with all that is known of each, the latest first.
    /// Those that are gone are left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn written_sends(&self, ids: &[OutboxId]) -> Result<JobsFile> {
        let ids: HashSet<_> = ids.iter().collect();
        let mut records = self.runtime()?.failed_sends().list(0, MOST).await?;
        records.retain(|record| ids.contains(&record.outbox_id));
        let text = serde_json::to_string_pretty(&records)
            .map_err(|error| QueueError::Invalid(error.to_string()))?;
        Ok(JobsFile {
            jobs: records.len(),
            text: text + "\n",
        })
    }
}

fn ids_of(records: &[SendRecord]) -> Vec<OutboxId> {
    records.iter().map(|record| record.outbox_id).collect()
}
