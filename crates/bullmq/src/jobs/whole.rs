//! One job, with everything that is stored of it.

use super::listing::{due_at, millis};
use crate::connection::ask_all;
use crate::error::{BullError, BullResult};
use crate::queue::BullQueue;
use crate::{connection::within, job_data, shapes};
use bullmq::JobState as Stands;
use heliograph_engine::ports::{Job, JobLine, JobState};
use heliograph_model::JobId;
use serde_json::Value;
use std::collections::HashMap;

/// How many lines of a job's log are shown.
const LOG_LINES: isize = 200;

/// Where a job is looked for, and where it was found: in the sets by a score, in the lists
/// by a place.
type Places = (
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<f64>,
    Option<u64>,
    Option<u64>,
    Option<u64>,
);

impl BullQueue {
    pub(super) async fn whole_job(&self, id: &JobId) -> BullResult<Option<Job>> {
        let key = self.keys.job_key(id.as_str());
        let mut all = redis::pipe();
        all.cmd("HGETALL").arg(&key);
        all.cmd("LRANGE").arg(format!("{key}:logs"));
        all.arg(-LOG_LINES).arg(-1);
        all.cmd("LLEN").arg(format!("{key}:logs"));
        let (fields, logs, log_lines): (HashMap<String, String>, Vec<String>, u64) =
            ask_all(&self.connection, &all).await?;
        if fields.is_empty() {
            return Ok(None);
        }
        let (state, due) = self.place_of(id.as_str()).await?;
        let field = |name: &str| fields.get(name).filter(|text| !text.is_empty()).cloned();
        let data = field("data").unwrap_or_default();
        let (delivery_id, body) = self.webhook_in(&data);
        let options: Value = field("opts")
            .and_then(|opts| serde_json::from_str(&opts).ok())
            .unwrap_or_default();
        let mut stacks: Vec<String> = field("stacktrace")
            .and_then(|stacks| serde_json::from_str(&stacks).ok())
            .unwrap_or_default();
        stacks.reverse();
        Ok(Some(Job {
            line: JobLine {
                id: id.clone(),
                name: field("name"),
                attempts: field("atm").and_then(|atm| atm.parse().ok()).unwrap_or(0),
                reason: field("failedReason"),
                added_at: millis(field("timestamp")),
                started_at: millis(field("processedOn")),
                ended_at: millis(field("finishedOn")),
                due_at: due,
                delivery_id,
            },
            state,
            data,
            body,
            most_attempts: options["attempts"]
                .as_u64()
                .and_then(|most| u32::try_from(most).ok())
                // What Node writes where nobody said it.
                .filter(|most| *most > 0),
            stacks,
            logs_left_out: log_lines.saturating_sub(logs.len() as u64),
            logs,
            worker: field("pb"),
            result: field("returnvalue").filter(|value| value != "null"),
        }))
    }

    /// The webhook in each of these jobs. What is too large is not read.
    pub(super) async fn webhooks_in(
        &self,
        ids: &[JobId],
        most_bytes: usize,
    ) -> BullResult<Vec<Option<String>>> {
        let mut webhooks = vec![None; ids.len()];
        if ids.is_empty() {
            return Ok(webhooks);
        }
        let key = |place: usize| self.keys.job_key(ids[place].as_str());
        let mut lengths = redis::pipe();
        for place in 0..ids.len() {
            lengths.cmd("HSTRLEN").arg(key(place)).arg("data");
        }
        let lengths: Vec<usize> = ask_all(&self.connection, &lengths).await?;
        let is_read = |place: &usize| (1..=most_bytes).contains(&lengths[*place]);
        let places: Vec<usize> = (0..ids.len()).filter(is_read).collect();
        if places.is_empty() {
            return Ok(webhooks);
        }
        let mut data = redis::pipe();
        for place in &places {
            data.cmd("HGET").arg(key(*place)).arg("data");
        }
        let data: Vec<Option<String>> = ask_all(&self.connection, &data).await?;
        for (place, data) in places.into_iter().zip(data) {
            webhooks[place] = data.and_then(|data| self.webhook_in(&data).1);
        }
        Ok(webhooks)
    }

    /// The delivery in a job's data, by the id that this engine gave it, and its webhook.
    fn webhook_in(&self, data: &str) -> (Option<heliograph_model::DeliveryId>, Option<String>) {
        let Ok(data) = serde_json::from_str::<Value>(data) else {
            return (None, None);
        };
        let text = |body: bytes::Bytes| String::from_utf8_lossy(&body).into_owned();
        if let Ok(Some((id, delivery))) = job_data::own(&data) {
            return (Some(id), Some(text(delivery.body)));
        }
        let found = shapes::find(&data, self.config.data_path.as_deref());
        (None, found.ok().map(|found| text(found.body)))
    }

    async fn place_of(
        &self,
        id: &str,
    ) -> BullResult<(Option<JobState>, Option<heliograph_model::Millis>)> {
        let mut places = redis::pipe();
        for set in [
            self.keys.failed(),
            self.keys.completed(),
            self.keys.delayed(),
            self.keys.prioritized(),
        ] {
            places.cmd("ZSCORE").arg(set).arg(id);
        }
        for list in [self.keys.active(), self.keys.wait(), self.keys.paused()] {
            places.cmd("LPOS").arg(list).arg(id);
        }
        let (failed, completed, delayed, prioritized, active, wait, parked): Places =
            ask_all(&self.connection, &places).await?;
        let state = if failed.is_some() {
            Some(JobState::Failed)
        } else if completed.is_some() {
            Some(JobState::Completed)
        } else if delayed.is_some() {
            Some(JobState::Delayed)
        } else if active.is_some() {
            Some(JobState::Active)
        } else if prioritized.is_some() || wait.is_some() || parked.is_some() {
            Some(JobState::Waiting)
        } else {
            None
        };
        Ok((state, delayed.map(due_at)))
    }

    /// Hands a delayed job out at once.
    pub(super) async fn promote_job(&self, id: &str) -> BullResult<()> {
        let not_delayed = || BullError::NotDelayed(id.to_owned());
        let queue = self.writing().await?;
        if within(queue.get_job_state(id)).await? != Stands::Delayed {
            return Err(not_delayed());
        }
        let job = within(queue.get_job(id)).await?.ok_or_else(not_delayed)?;
        within(job.promote()).await
    }
}
