//! Removing jobs that failed or were not begun, and putting them back where they were.

use super::AT_A_TIME;
use crate::connection::{ask, ask_all, within};
use crate::error::{BullError, BullResult};
use crate::job_data;
use crate::queue::BullQueue;
use heliograph_engine::ports::{Discarded, JobState, KeptJob};
use heliograph_model::{DeliveryId, JobId, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A job, as it lay in Redis.
#[derive(Debug, Serialize, Deserialize)]
struct Whole {
    fields: BTreeMap<String, String>,
    place: Place,
    logs: Vec<String>,
    /// Its deduplication key, where it had one.
    #[serde(default)]
    deduplication: Option<Deduplication>,
}

/// A deduplication key that named a job: no other job of its id is added meanwhile.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Deduplication {
    /// When it expires; `None`: with the job.
    until: Option<Millis>,
}

/// A job that was removed.
#[derive(Debug)]
struct Gone {
    /// Where it can be put back.
    kept: Option<KeptJob>,
    /// The delivery in it, where this engine knows it by an id.
    delivery_id: Option<DeliveryId>,
}

/// A job that was put back.
#[derive(Debug)]
pub(super) struct Returned {
    /// The delivery in it, where this engine knows it by an id.
    pub delivery_id: Option<DeliveryId>,
}

/// Where a job lies.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// In a list, whose oldest stands at its end.
    Wait,
    /// In the list of a client of BullMQ 5 that paused the queue.
    Paused,
    /// In a set, with its score.
    Prioritized(f64),
    /// In a set, with its score.
    Delayed(f64),
    /// In a set, with its score.
    Failed(f64),
}

/// Holds back a job that is not begun, so that no worker takes it while it is removed: it
/// becomes one that is delayed for a while. Were this process to end now, nothing would be
/// lost. KEYS: wait, paused, prioritized, delayed, job, repeat. ARGV: id, which state,
/// score.
/// Answers with the place and the score in it; nothing when it is not there any more, and
/// with `scheduler` for what a job scheduler has made, which would miss it.
const HOLD: &str = r#"
local id, state, score = ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call("EXISTS", KEYS[5]) == 0 then return false end
local function hold(place, was)
  redis.call("ZADD", KEYS[4], score, id)
  return { place, was }
end
local scheduler = redis.call("HGET", KEYS[5], "rjk")
local next = scheduler and redis.call("ZSCORE", KEYS[6], scheduler)
if next and id == "repeat:" .. scheduler .. ":" .. next then return { "scheduler", "0" } end
if state == "delayed" then
  local was = redis.call("ZSCORE", KEYS[4], id)
  if not was then return false end
  if tonumber(was) >= score then score = was end
  return hold("delayed", was)
end
local was = redis.call("ZSCORE", KEYS[3], id)
if was then
  redis.call("ZREM", KEYS[3], id)
  return hold("prioritized", was)
end
if redis.call("LREM", KEYS[1], 1, id) == 1 then return hold("wait", "0") end
if redis.call("LREM", KEYS[2], 1, id) == 1 then return hold("paused", "0") end
return false
"#;

/// Puts a job where it was: one that is held back, or one that is gone. In a list it goes
/// to its place by the time at which it was added, and by its id within a millisecond.
/// A deduplication key that it had is its own again, unless another job has it by now.
/// KEYS: wait, paused, prioritized, delayed, failed, job, logs, marker, meta, active,
/// deduplication key. ARGV: id, place, score, fields, logs, prefix of jobs, for how many
/// milliseconds the last key holds (0: as long as the job, less: not at all).
const PUT_BACK: &str = r#"
local id, place, score = ARGV[1], ARGV[2], ARGV[3]
local fields = cjson.decode(ARGV[4])
if #fields > 0 then
  if redis.call("EXISTS", KEYS[6]) == 1 then return 0 end
  for _, pair in ipairs(fields) do redis.call("HSET", KEYS[6], pair[1], pair[2]) end
  for _, line in ipairs(cjson.decode(ARGV[5])) do redis.call("RPUSH", KEYS[7], line) end
  local holds = tonumber(ARGV[7])
  if holds == 0 then redis.call("SET", KEYS[11], id, "NX") end
  if holds > 0 then redis.call("SET", KEYS[11], id, "PX", holds, "NX") end
elseif redis.call("ZREM", KEYS[4], id) == 0 then
  return 0
end
local function wake()
  local meta = redis.call("HMGET", KEYS[9], "paused", "concurrency")
  if meta[1] then return end
  if meta[2] and redis.call("LLEN", KEYS[10]) >= tonumber(meta[2]) then return end
  redis.call("ZADD", KEYS[8], 0, "0")
end
if place == "failed" then
  redis.call("ZADD", KEYS[5], score, id)
elseif place == "delayed" then
  redis.call("ZADD", KEYS[4], score, id)
  local first = redis.call("ZRANGE", KEYS[4], 0, 0, "WITHSCORES")
  redis.call("ZADD", KEYS[8], math.floor(tonumber(first[2]) / 0x1000), "1")
elseif place == "prioritized" then
  redis.call("ZADD", KEYS[3], score, id)
  wake()
else
  local list = KEYS[1]
  if place == "paused" and redis.call("EXISTS", KEYS[2]) == 1 then list = KEYS[2] end
  local function added(own)
    return tonumber(redis.call("HGET", ARGV[6] .. own, "timestamp")) or 0
  end
  local mine = added(id)
  local function is_older(own)
    local at = added(own)
    if at ~= mine then return at < mine end
    local a, b = tonumber(own), tonumber(id)
    if a and b then return a < b end
    return own < id
  end
  -- The first from the left that is older stands right behind it.
  local low, high = 0, redis.call("LLEN", list)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_older(redis.call("LINDEX", list, middle)) then high = middle else low = middle + 1 end
  end
  local older = redis.call("LINDEX", list, low)
  if older then
    redis.call("LINSERT", list, "BEFORE", older, id)
  else
    redis.call("RPUSH", list, id)
  end
  wake()
end
return 1
"#;

/// For how long a job is held back at the most, in milliseconds.
const HELD_MS: i64 = 600_000;

impl BullQueue {
    pub(super) async fn discard_jobs(
        &self,
        from: JobState,
        ids: &[JobId],
    ) -> BullResult<Discarded> {
        let mut discarded = Discarded::default();
        if matches!(from, JobState::Active | JobState::Completed) {
            return Ok(discarded);
        }
        for some in ids.chunks(AT_A_TIME) {
            let each = some.iter().map(|id| self.discard_job(from, id));
            let mut failure = None;
            for result in futures::future::join_all(each).await {
                match result {
                    Ok(gone) => {
                        discarded.removed += 1;
                        discarded.kept.extend(gone.kept);
                        discarded.deliveries.extend(gone.delivery_id);
                    }
                    Err(BullError::NotFailed(_) | BullError::NotThere(_)) => {}
                    // Among others it is passed over.
                    Err(BullError::OfScheduler(_)) if ids.len() > 1 => {}
                    Err(error) => failure = Some(error),
                }
            }
            match failure {
                None => {}
                Some(error) if discarded.removed == 0 => return Err(error),
                Some(error) => {
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
    async fn discard_job(&self, from: JobState, id: &JobId) -> BullResult<Gone> {
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
        let deduplication = self.deduplication_of(id, &fields).await?;
        let place = if from == JobState::Failed {
            self.discard(id.as_str()).await?;
            score.map(Place::Failed)
        } else {
            Some(self.remove_unbegun(from, id).await?)
        };
        let delivery_id = delivery_in(&fields);
        let kept = place.filter(|_| is_alone).and_then(|place| {
            let whole = Whole {
                fields,
                place,
                logs,
                deduplication,
            };
            Some(KeptJob {
                id: id.clone(),
                whole: serde_json::to_string(&whole).ok()?,
            })
        });
        Ok(Gone { kept, delivery_id })
    }

    /// The deduplication key that names a job, which goes with it.
    async fn deduplication_of(
        &self,
        id: &JobId,
        fields: &BTreeMap<String, String>,
    ) -> BullResult<Option<Deduplication>> {
        let Some(key) = self.deduplication_key(fields) else {
            return Ok(None);
        };
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(&key);
        ask.cmd("PTTL").arg(&key);
        let (named, left): (Option<String>, i64) = ask_all(&self.connection, &ask).await?;
        Ok(named
            .filter(|named| named == id.as_str())
            .map(|_| Deduplication {
                until: (left >= 0).then(|| self.clock.now() + left),
            }))
    }

    fn deduplication_key(&self, fields: &BTreeMap<String, String>) -> Option<String> {
        let id = fields.get("deid").filter(|id| !id.is_empty())?;
        Some(self.keys.job_key(&format!("de:{id}")))
    }

    /// Removes one that waits, or is delayed, as BullMQ does it, after it was taken out of
    /// the workers' way. Answers with where it was.
    async fn remove_unbegun(&self, from: JobState, id: &JobId) -> BullResult<Place> {
        let not_there = || BullError::NotThere(id.to_string());
        let place = self.hold(from, id).await?.ok_or_else(not_there)?;
        let queue = self.writing().await?;
        match within(queue.remove(id.as_str())).await {
            Ok(true) => Ok(place),
            // One of its children is being worked on.
            Ok(false) => {
                self.put_back(id, place, None).await?;
                Err(not_there())
            }
            Err(error) => {
                // Where that fails too, it comes back by itself.
                let _ = self.put_back(id, place, None).await;
                Err(error)
            }
        }
    }

    async fn hold(&self, from: JobState, id: &JobId) -> BullResult<Option<Place>> {
        let state = match from {
            JobState::Delayed => "delayed",
            _ => "waiting",
        };
        let until = self.clock.now() + HELD_MS;
        let mut hold = redis::cmd("EVAL");
        hold.arg(HOLD).arg(6);
        hold.arg(self.keys.wait()).arg(self.keys.paused());
        hold.arg(self.keys.prioritized()).arg(self.keys.delayed());
        hold.arg(self.keys.job_key(id.as_str()));
        hold.arg(self.keys.repeat());
        hold.arg(id.as_str())
            .arg(state)
            .arg(super::listing::score(until));
        let held: Option<(String, f64)> = ask(&self.connection, &hold).await?;
        match held {
            None => Ok(None),
            Some((place, score)) => match place.as_str() {
                "wait" => Ok(Some(Place::Wait)),
                "paused" => Ok(Some(Place::Paused)),
                "prioritized" => Ok(Some(Place::Prioritized(score))),
                "delayed" => Ok(Some(Place::Delayed(score))),
                _ => Err(BullError::OfScheduler(id.to_string())),
            },
        }
    }

    /// Puts one back that was removed; `None`: it could not be.
    pub(super) async fn restore_job(&self, job: &KeptJob) -> BullResult<Option<Returned>> {
        let Ok(whole) = job.read::<Whole>() else {
            return Ok(None);
        };
        let is_back = self.put_back(&job.id, whole.place, Some(&whole)).await?;
        Ok(is_back.then(|| Returned {
            delivery_id: delivery_in(&whole.fields),
        }))
    }

    /// Puts one where it was; without all that is known of it, one that is held back.
    async fn put_back(&self, id: &JobId, place: Place, whole: Option<&Whole>) -> BullResult<bool> {
        let (name, score) = match place {
            Place::Wait => ("wait", 0.0),
            Place::Paused => ("paused", 0.0),
            Place::Prioritized(score) => ("prioritized", score),
            Place::Delayed(score) => ("delayed", score),
            Place::Failed(score) => ("failed", score),
        };
        let fields: Vec<_> = whole.iter().flat_map(|whole| &whole.fields).collect();
        let logs: Vec<_> = whole.iter().flat_map(|whole| &whole.logs).collect();
        let held = whole.and_then(|whole| {
            let key = self.deduplication_key(&whole.fields)?;
            let left = whole.deduplication?.until.map_or(0, |until| {
                let left = until.since(self.clock.now());
                if left > 0 { left } else { -1 }
            });
            Some((key, left))
        });
        let key = self.keys.job_key(id.as_str());
        let mut back = redis::cmd("EVAL");
        let (held, holds) = held.unwrap_or_else(|| (key.clone(), -1));
        back.arg(PUT_BACK).arg(11);
        back.arg(self.keys.wait()).arg(self.keys.paused());
        back.arg(self.keys.prioritized()).arg(self.keys.delayed());
        back.arg(self.keys.failed()).arg(&key);
        back.arg(format!("{key}:logs")).arg(self.keys.marker());
        back.arg(self.keys.meta()).arg(self.keys.active());
        back.arg(held);
        back.arg(id.as_str()).arg(name).arg(score);
        back.arg(serde_json::json!(fields).to_string());
        back.arg(serde_json::json!(logs).to_string());
        back.arg(self.keys.job_key("")).arg(holds);
        ask(&self.connection, &back).await
    }
}

/// The delivery in a job of ours.
fn delivery_in(fields: &BTreeMap<String, String>) -> Option<DeliveryId> {
    let data = serde_json::from_str(fields.get("data")?).ok()?;
    let (id, _) = job_data::own(&data).ok()??;
    Some(id)
}
