//! Removing failed jobs, and putting them back as they were.

use super::AT_A_TIME;
use crate::connection::{ask, ask_all};
use crate::error::{BullError, BullResult};
use crate::queue::BullQueue;
use futures::StreamExt;
use heliograph_engine::ports::{Discarded, KeptJob};
use heliograph_model::JobId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A failed job, as it lies in Redis.
#[derive(Debug, Serialize, Deserialize)]
struct Whole {
    fields: BTreeMap<String, String>,
    /// Its place in the failed set: when it failed.
    score: f64,
    logs: Vec<String>,
}

/// Puts a job back, unless one of its id is there.
const RESTORE: &str = r#"
if redis.call("EXISTS", KEYS[1]) == 1 then return 0 end
local fields = cjson.decode(ARGV[3])
for _, pair in ipairs(fields) do redis.call("HSET", KEYS[1], pair[1], pair[2]) end
for _, line in ipairs(cjson.decode(ARGV[4])) do redis.call("RPUSH", KEYS[3], line) end
redis.call("ZADD", KEYS[2], ARGV[2], ARGV[1])
return 1
"#;

impl BullQueue {
    pub(super) async fn discard_jobs(&self, ids: Vec<JobId>) -> BullResult<Discarded> {
        let each = ids.into_iter();
        let each = each.map(|id| async move { self.discard_job(&id).await });
        let mut results = futures::stream::iter(each).buffered(AT_A_TIME);
        let mut discarded = Discarded::default();
        while let Some(result) = results.next().await {
            match result {
                Ok(kept) => {
                    discarded.removed += 1;
                    discarded.kept.extend(kept);
                }
                Err(BullError::NotFailed(_)) => {}
                Err(error) if discarded.removed == 0 => return Err(error),
                Err(error) => {
                    // What was removed is told, so that it can be put back.
                    tracing::warn!(%error, "not every job could be discarded");
                    break;
                }
            }
        }
        Ok(discarded)
    }

    /// Removes one. A job that is part of a flow cannot be put back: what its family knows
    /// of it is gone with it.
    async fn discard_job(&self, id: &JobId) -> BullResult<Option<KeptJob>> {
        let key = self.keys.job_key(id.as_str());
        let mut all = redis::pipe();
        all.cmd("HGETALL").arg(&key);
        all.cmd("ZSCORE").arg(self.keys.failed()).arg(id.as_str());
        all.cmd("LRANGE").arg(format!("{key}:logs")).arg(0).arg(-1);
        for family in ["dependencies", "processed", "failed", "unsuccessful"] {
            all.cmd("EXISTS").arg(format!("{key}:{family}"));
        }
        type Found = (
            BTreeMap<String, String>,
            Option<f64>,
            Vec<String>,
            u8,
            u8,
            u8,
            u8,
        );
        let (fields, score, logs, waits_for, processed, failed, unsuccessful): Found =
            ask_all(&self.connection, &all).await?;
        let is_alone =
            !fields.contains_key("parentKey") && waits_for + processed + failed + unsuccessful == 0;
        self.discard(id.as_str()).await?;
        Ok(score.filter(|_| is_alone).and_then(|score| {
            let whole = Whole {
                fields,
                score,
                logs,
            };
            Some(KeptJob {
                id: id.clone(),
                whole: serde_json::to_string(&whole).ok()?,
            })
        }))
    }

    /// Puts one back; answers whether it could be.
    pub(super) async fn restore_job(&self, job: &KeptJob) -> BullResult<bool> {
        let Ok(whole) = job.read::<Whole>() else {
            return Ok(false);
        };
        let key = self.keys.job_key(job.id.as_str());
        let fields: Vec<(&String, &String)> = whole.fields.iter().collect();
        let mut restore = redis::cmd("EVAL");
        restore.arg(RESTORE).arg(3);
        restore.arg(&key).arg(self.keys.failed());
        restore.arg(format!("{key}:logs"));
        restore.arg(job.id.as_str()).arg(whole.score);
        restore.arg(serde_json::json!(fields).to_string());
        restore.arg(serde_json::json!(whole.logs).to_string());
        ask(&self.connection, &restore).await
    }
}
