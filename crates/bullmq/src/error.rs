//! What can go wrong with a queue.

use heliograph_engine::ports::PortError;
use std::time::Duration;

/// What operations on a queue answer.
pub type BullResult<T> = Result<T, BullError>;

/// Why a queue could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BullError {
    /// The file with the trusted certificates cannot be read.
    #[error("The certificates in {} cannot be used: {reason}. Name a PEM file", path.display())]
    Certificates {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// Redis cannot be reached, or cannot take more now.
    #[error("Redis cannot be reached or is busy: {0}")]
    Away(#[source] redis::RedisError),
    /// Redis did not answer in time.
    #[error("Redis did not answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// Redis refuses what it was asked.
    #[error("Redis refuses: {0}")]
    Refused(#[source] redis::RedisError),
    /// BullMQ refuses what it was asked.
    #[error("BullMQ refuses: {0}")]
    Bull(#[source] bullmq::Error),
    /// The queue was closed by this process.
    #[error("the queue was closed; it takes and hands out nothing any more")]
    Closed,
    /// The thread that works on the queue could not be started.
    #[error("the queue's thread could not be started: {0}")]
    Thread(#[source] std::io::Error),
    /// There is no such job in the failed set.
    #[error("job {0} is not in the failed set; look at the queue again")]
    NotFailed(String),
    /// There is no such job that is delayed.
    #[error("job {0} is not delayed; look at the queue again")]
    NotDelayed(String),
    /// The job is not in the state from which it was to be removed.
    #[error("job {0} is not there any more; look at the queue again")]
    NotThere(String),
    /// A job scheduler made the job, and makes the next one with it.
    #[error(
        "job {0} belongs to a job scheduler; remove the scheduler in the application that made it"
    )]
    OfScheduler(String),
    /// A client of BullMQ 5 paused the queue, and resuming it could lose jobs.
    #[error(
        "queue {queue} was paused by a client of BullMQ 5 ({}): {parked} jobs lie in its list \
         `paused`, and {waiting} that came since in `wait`. A BullMQ 5 client that resumes it, \
         or pauses it again, replaces one list by the other, and the jobs of the other are \
         gone. Stop the BullMQ 5 clients or upgrade them to 6; then resume with merging, \
         which keeps both lists, or with a BullMQ 6 client",
        version.as_deref().unwrap_or("version not seen")
    )]
    PausedByVersion5 {
        /// The queue.
        queue: String,
        /// Jobs in the list `paused`.
        parked: u64,
        /// Jobs in the list `wait`.
        waiting: u64,
        /// What the queue says of the client that opened it last.
        version: Option<String>,
    },
}

impl From<redis::RedisError> for BullError {
    fn from(error: redis::RedisError) -> Self {
        if is_refusal(&error) {
            Self::Refused(error)
        } else {
            Self::Away(error)
        }
    }
}

impl From<bullmq::Error> for BullError {
    fn from(error: bullmq::Error) -> Self {
        match error {
            bullmq::Error::Redis(error) => error.into(),
            other => Self::Bull(other),
        }
    }
}

impl From<BullError> for PortError {
    fn from(error: BullError) -> Self {
        match error {
            BullError::Away(_) | BullError::Slow(_) | BullError::Closed => {
                Self::Unavailable(error.to_string())
            }
            BullError::Certificates { .. }
            | BullError::Refused(_)
            | BullError::Bull(_)
            | BullError::Thread(_)
            | BullError::NotFailed(_)
            | BullError::NotDelayed(_)
            | BullError::NotThere(_)
            | BullError::OfScheduler(_)
            | BullError::PausedByVersion5 { .. } => Self::other(error),
        }
    }
}

/// Whether asking again would not help: the password is wrong, or the key is something
/// else. What a Redis says that is full, loading, read-only or electing passes.
fn is_refusal(error: &redis::RedisError) -> bool {
    use redis::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::AuthenticationFailed
            | ErrorKind::InvalidClientConfig
            | ErrorKind::RESP3NotSupported
    ) || matches!(
        error.code(),
        Some("NOPERM" | "NOAUTH" | "WRONGPASS" | "WRONGTYPE")
    )
}
