//! Pausing a queue, and the trap in resuming it.
//!
//! A paused queue has a mark in its metadata. BullMQ 6, and this crate, leave it at that:
//! jobs stay in the list `wait`, and new ones join them. BullMQ 5 moves `wait` to `paused`
//! when it pauses, adds new jobs to `paused` while the mark is there, and moves `paused`
//! back when it resumes. Either move is a RENAME, which replaces what is in the way: so
//! when jobs of both kinds came, one list replaces the other, and jobs are lost.
//!
//! Version 6 puts the two lists together when it resumes and loses nothing. But jobs in
//! `paused` prove that a BullMQ 5 client paused this queue or adds to it; it may resume at
//! any moment, and whoever operates it does not know of us. So [`BullQueue::resume`] does
//! nothing then and explains. [`BullQueue::resume_and_merge`] is for the moment after that
//! client was stopped.

use crate::connection::{ask, ask_all, within};
use crate::error::{BullError, BullResult};
use crate::queue::BullQueue;

/// How a queue stands.
#[derive(Debug)]
pub(crate) struct Pause {
    pub(crate) paused: bool,
    /// What the Node client wrote that opened the queue last.
    pub(crate) version: Option<String>,
    /// Jobs in the list that only BullMQ 5 uses.
    pub(crate) parked: u64,
    pub(crate) waiting: u64,
}

impl BullQueue {
    /// Pauses the queue for all workers: nothing more is handed out, what is taken is
    /// finished, new jobs wait.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn pause(&self) -> BullResult<()> {
        within(self.writing().await?.pause()).await
    }

    /// Whether the queue is paused.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn is_paused(&self) -> BullResult<bool> {
        Ok(self.pause_state().await?.paused)
    }

    /// Resumes the queue, unless a BullMQ 5 client paused it with jobs in it.
    ///
    /// # Errors
    /// [`BullError::PausedByVersion5`] then, which says what to do; or when Redis cannot
    /// be reached.
    pub async fn resume(&self) -> BullResult<()> {
        let Pause {
            version,
            parked,
            waiting,
            paused: _,
        } = self.pause_state().await?;
        if parked > 0 {
            return Err(BullError::PausedByVersion5 {
                queue: self.config.queue.clone(),
                parked,
                waiting,
                version,
            });
        }
        within(self.writing().await?.resume()).await
    }

    /// Resumes the queue and puts what a BullMQ 5 client moved aside in front of what came
    /// since. Only good when no BullMQ 5 client runs any more.
    ///
    /// # Errors
    /// When Redis cannot be reached. Asking again goes on where it ended.
    pub async fn resume_and_merge(&self) -> BullResult<()> {
        // One call moves at most 7,000 jobs, and the crate does not say how many are left.
        let mut before = u64::MAX;
        loop {
            within(self.writing().await?.resume()).await?;
            let mut left = redis::cmd("LLEN");
            left.arg(self.keys.paused());
            let left: u64 = ask(&self.connection, &left).await?;
            // A list that does not get shorter is being filled by somebody.
            if left == 0 || left >= before {
                return Ok(());
            }
            before = left;
        }
    }

    pub(crate) async fn pause_state(&self) -> BullResult<Pause> {
        let mut state = redis::pipe();
        state
            .cmd("HMGET")
            .arg(self.keys.meta())
            .arg("paused")
            .arg("version")
            .cmd("LLEN")
            .arg(self.keys.paused())
            .cmd("LLEN")
            .arg(self.keys.wait());
        let ((paused, version), parked, waiting): ((Option<String>, Option<String>), u64, u64) =
            ask_all(&self.connection, &state).await?;
        Ok(Pause {
            paused: paused.is_some(),
            version,
            parked,
            waiting,
        })
    }
}
