//! Since when, and until when: of each state only the ends of its list or set are looked at.

use super::listing::{due_at, millis};
use crate::connection::{ask, ask_all};
use crate::error::BullResult;
use crate::queue::BullQueue;
use heliograph_model::Millis;

/// How old what is in the queue is, beside what waits.
#[derive(Debug)]
pub(super) struct Ages {
    /// Since when the job is being handled that was handed out longest ago.
    pub(super) oldest_active: Option<Millis>,
    pub(super) next_due: Option<Millis>,
    pub(super) oldest_failed: Option<Millis>,
    pub(super) newest_failed: Option<Millis>,
}

/// Ids with their places in a set.
type Placed = Vec<(String, f64)>;

impl BullQueue {
    pub(super) async fn ages(&self) -> BullResult<Ages> {
        let mut ends = redis::pipe();
        // What was handed out first stands at the end of the list.
        ends.cmd("LINDEX").arg(self.keys.active()).arg(-1);
        for (set, place) in [
            (self.keys.delayed(), 0),
            (self.keys.failed(), 0),
            (self.keys.failed(), -1),
        ] {
            ends.cmd("ZRANGE").arg(set).arg(place).arg(place);
            ends.arg("WITHSCORES");
        }
        let (active, delayed, oldest, newest): (Option<String>, Placed, Placed, Placed) =
            ask_all(&self.connection, &ends).await?;
        let oldest_active = match active {
            Some(id) => {
                let mut began = redis::cmd("HGET");
                began.arg(self.keys.job_key(&id)).arg("processedOn");
                millis(ask(&self.connection, &began).await?)
            }
            None => None,
        };
        Ok(Ages {
            oldest_active,
            next_due: delayed.first().map(|(_, score)| due_at(*score)),
            oldest_failed: oldest.first().map(|(_, score)| ended_at(*score)),
            newest_failed: newest.first().map(|(_, score)| ended_at(*score)),
        })
    }
}

/// The time in a score of the failed set.
fn ended_at(score: f64) -> Millis {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a time in milliseconds fits many times over"
    )]
    Millis(score as i64)
}
