//! Looking at a queue, without changing anything in it.

use crate::connection::{ask, ask_all};
use crate::error::BullResult;
use crate::pausing::Pause;
use crate::queue::BullQueue;
use heliograph_engine::ports::QueueDepth;
use heliograph_model::Millis;

/// How many jobs ended, as the workers count them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PerMinute {
    /// Since counting began.
    pub total: u64,
    /// In each of the last minutes, the latest first. The minute that runs is not among
    /// them: BullMQ counts a minute when it is over and another job ends.
    pub minutes: Vec<u64>,
}

/// Something about a queue that somebody should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueWarning {
    /// A client of BullMQ 5 opened the queue last.
    Version5 {
        /// What the queue says of it, such as `bullmq:5.81.5`.
        version: String,
    },
    /// Jobs lie where only a client of BullMQ 5 puts them while the queue is paused.
    Parked {
        /// How many lie there.
        parked: u64,
        /// How many came since, to where version 6 puts them.
        waiting: u64,
    },
}

impl std::fmt::Display for QueueWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version5 { version } => write!(
                f,
                "A client of BullMQ 5 ({version}) uses this queue. When it pauses or resumes \
                 the queue while jobs come from others, jobs are lost. Upgrade it to version 6, \
                 and until then do not pause the queue."
            ),
            Self::Parked { parked, waiting } => write!(
                f,
                "A client of BullMQ 5 paused this queue: it put {parked} aside, and {waiting} \
                 came since. If it resumes the queue, one of the two is lost. Stop it, then \
                 resume with merging or with BullMQ 6."
            ),
        }
    }
}

impl BullQueue {
    /// How much is in the queue. What this process holds and the engine has not taken yet
    /// is waiting; jobs with a priority are waiting; so are those that a BullMQ 5 client
    /// put aside with a pause.
    pub(crate) async fn counted(&self) -> BullResult<QueueDepth> {
        let mut counts = redis::pipe();
        counts
            .cmd("LLEN")
            .arg(self.keys.wait())
            .cmd("LLEN")
            .arg(self.keys.paused())
            .cmd("ZCARD")
            .arg(self.keys.prioritized())
            .cmd("LLEN")
            .arg(self.keys.active())
            .cmd("ZCARD")
            .arg(self.keys.delayed())
            .cmd("ZCARD")
            .arg(self.keys.failed());
        let (wait, parked, prioritized, active, delayed, dead): (u64, u64, u64, u64, u64, u64) =
            ask_all(&self.connection, &counts).await?;
        let held = self.hand_over().ready().min(active);
        Ok(QueueDepth {
            waiting: wait + parked + prioritized + held,
            active: active - held,
            delayed,
            dead,
        })
    }

    /// For how long the job waits that is next, in milliseconds; `None` when none waits.
    /// The next one is the oldest, unless jobs were put in front or retried.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn oldest_waits_for(&self) -> BullResult<Option<i64>> {
        let mut next = redis::pipe();
        next.cmd("LINDEX")
            .arg(self.keys.wait())
            .arg(-1)
            .cmd("LINDEX")
            .arg(self.keys.paused())
            .arg(-1)
            .cmd("ZRANGE")
            .arg(self.keys.prioritized())
            .arg(0)
            .arg(0);
        let (waiting, parked, prioritized): (Option<String>, Option<String>, Vec<String>) =
            ask_all(&self.connection, &next).await?;
        let mut since = self.hand_over().oldest();
        for id in waiting.into_iter().chain(parked).chain(prioritized) {
            let mut added = redis::cmd("HGET");
            added.arg(self.keys.job_key(&id)).arg("timestamp");
            let added: Option<i64> = ask(&self.connection, &added).await?;
            let added = added.map(Millis);
            since = since.into_iter().chain(added).min();
        }
        Ok(since.map(|since| self.clock.now().since(since).max(0)))
    }

    /// How many jobs were completed and how many failed, in the last `minutes` minutes.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn metrics(&self, minutes: usize) -> BullResult<(PerMinute, PerMinute)> {
        let completed = self.per_minute("completed", minutes).await?;
        let failed = self.per_minute("failed", minutes).await?;
        Ok((completed, failed))
    }

    async fn per_minute(&self, what: &str, minutes: usize) -> BullResult<PerMinute> {
        let key = self.keys.get(&format!("metrics:{what}"));
        let last = i64::try_from(minutes).unwrap_or(i64::MAX) - 1;
        let mut both = redis::pipe();
        both.cmd("HGET")
            .arg(&key)
            .arg("count")
            .cmd("LRANGE")
            .arg(format!("{key}:data"))
            .arg(0)
            .arg(last);
        let (total, minutes): (Option<u64>, Vec<u64>) = ask_all(&self.connection, &both).await?;
        Ok(PerMinute {
            total: total.unwrap_or(0),
            minutes,
        })
    }

    /// What somebody should know of.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub async fn warnings(&self) -> BullResult<Vec<QueueWarning>> {
        Ok(QueueWarning::of(&self.pause_state().await?))
    }
}

impl QueueWarning {
    /// What somebody should know of a queue that stands like this.
    pub(crate) fn of(pause: &Pause) -> Vec<Self> {
        let Pause {
            version,
            parked,
            waiting,
            paused: _,
        } = pause;
        let mut warnings = Vec::new();
        if let Some(version) = version.clone().filter(|version| is_version_5(version)) {
            warnings.push(Self::Version5 { version });
        }
        if *parked > 0 {
            warnings.push(Self::Parked {
                parked: *parked,
                waiting: *waiting,
            });
        }
        warnings
    }
}

/// What a client wrote of itself, such as `bullmq:6.7.0`, in words.
pub(crate) fn library(version: &str) -> String {
    let Some((library, numbers)) = version.split_once(':') else {
        return version.to_owned();
    };
    let library = match library {
        "bullmq" => "BullMQ",
        "bullmq-pro" => "BullMQ Pro",
        "bullmq-official" => "BullMQ for Rust",
        other => other,
    };
    format!("{library} {numbers}")
}

/// Whether what a client wrote of itself, `bullmq:5.81.5` or `bullmq-pro:…`, is of a
/// version that moves jobs aside when it pauses: 5, and those before it.
fn is_version_5(version: &str) -> bool {
    version
        .strip_prefix("bullmq:")
        .and_then(|numbers| numbers.split('.').next())
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major <= 5)
}

#[cfg(test)]
mod tests {
    use super::{is_version_5, library};

    #[test]
    fn what_a_client_wrote_of_itself_is_said_in_words() {
        assert_eq!(library("bullmq:6.7.0"), "BullMQ 6.7.0");
        assert_eq!(library("bullmq-pro:7.45.1"), "BullMQ Pro 7.45.1");
        assert_eq!(library("bullmq-official:1.4.4"), "BullMQ for Rust 1.4.4");
        assert_eq!(library("bee:2.0.0"), "bee 2.0.0", "a library of others");
        assert_eq!(library("6.7.0"), "6.7.0");
    }

    #[test]
    fn versions_are_told_apart() {
        assert!(is_version_5("bullmq:5.81.5"));
        assert!(is_version_5("bullmq:4.0.0"));
        assert!(!is_version_5("bullmq:6.7.0"));
        assert!(!is_version_5("bullmq-official:1.4.4"));
        assert!(!is_version_5(""));
    }
}
