//! Jobs as a text, to be kept before they are removed.

use super::QueueDesk;
use super::error::{QueueError, Result};
use super::rows::OpenedJob;
use futures::StreamExt;
use heliograph_model::JobId;

/// How many jobs are read at a time.
const AT_A_TIME: usize = 16;
/// The longest text, in bytes.
const MOST_BYTES: usize = 256 << 20;

/// Jobs as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsFile {
    /// How many there are.
    pub jobs: usize,
    /// A JSON array with all that is known of each, its data as it is stored.
    pub text: String,
}

impl QueueDesk {
    /// Reads jobs whole, in the order of their ids here. Those that are gone are left out.
    ///
    /// # Errors
    /// When the queue cannot be read, or it is more than fits into a file.
    pub async fn written(&self, ids: &[JobId]) -> Result<JobsFile> {
        let jobs = self.jobs()?;
        // Collected, so that no closure is held while it is waited for.
        let read: Vec<_> = ids.iter().map(|id| jobs.job(id)).collect();
        let mut read = futures::stream::iter(read).buffered(AT_A_TIME);
        let (mut count, mut text) = (0, String::from("["));
        while let Some(job) = read.next().await {
            let Some(job) = job? else { continue };
            let job = serde_json::to_string(&OpenedJob::from(job));
            let job = job.map_err(|error| QueueError::Invalid(error.to_string()))?;
            text.push_str(if count == 0 { "\n" } else { ",\n" });
            text.push_str(&job);
            count += 1;
            if text.len() > MOST_BYTES {
                return Err(QueueError::Invalid(format!(
                    "These are more than fit into a file: the first {count} are {} MB already. \
                     Choose fewer of them.",
                    MOST_BYTES >> 20
                )));
            }
        }
        text.push_str("\n]\n");
        Ok(JobsFile { jobs: count, text })
    }
}
