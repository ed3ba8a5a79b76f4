//! Sends that failed for good, for people to look at: a list of records in each partition,
//! the latest last.

use super::{Partition, WriteBehind};
use async_trait::async_trait;
use heliograph_engine::ports::{FailedSends, PortResult};
use heliograph_model::{OutboxId, SendRecord};
use std::cmp::Reverse;
use std::collections::HashSet;

#[async_trait]
impl FailedSends for WriteBehind {
    async fn count(&self) -> PortResult<u64> {
        let lengths = self.shared.partitions.iter().map(|partition| async move {
            let mut length = redis::cmd("LLEN");
            length.arg(partition.keys.failed());
            self.shared.redis.commands().run::<u64>(&length).await
        });
        Ok(futures::future::try_join_all(lengths).await?.iter().sum())
    }

    async fn list(&self, skip: usize, most: usize) -> PortResult<Vec<SendRecord>> {
        let end = skip.saturating_add(most);
        if most == 0 {
            return Ok(Vec::new());
        }
        // Which partition the latest are in is not known.
        let latest = i64::try_from(end).unwrap_or(i64::MAX);
        let each = self.shared.partitions.iter();
        let each = each.map(|partition| self.latest_of(partition, latest));
        let records = futures::future::try_join_all(each).await?;
        let mut records: Vec<_> = records.into_iter().flatten().collect();
        records.sort_by_key(|(_, record)| Reverse((record.at, record.outbox_id)));
        let records = records.into_iter().skip(skip).take(most);
        Ok(records.map(|(_, record)| record).collect())
    }

    async fn forget(&self, ids: &[OutboxId]) -> PortResult<u64> {
        let ids: HashSet<OutboxId> = ids.iter().copied().collect();
        let places: HashSet<_> = ids
            .iter()
            .map(|id| self.shared.place_of_send(id.0))
            .collect();
        let mut gone = 0;
        for place in places {
            let partition = &self.shared.partitions[place];
            // Off the list goes what it holds word for word: meanwhile others may have
            // taken something off or added to it, so that a place in it says nothing.
            let mut remove = redis::pipe();
            for (text, record) in self.latest_of(partition, i64::MAX).await? {
                if ids.contains(&record.outbox_id) {
                    remove
                        .cmd("LREM")
                        .arg(partition.keys.failed())
                        .arg(-1)
                        .arg(text);
                }
            }
            if !remove.is_empty() {
                let counts: Vec<u64> = self.shared.redis.commands().run_all(&remove).await?;
                gone += counts.iter().sum::<u64>();
            }
        }
        Ok(gone)
    }
}

impl WriteBehind {
    /// The latest records in a partition, at most `most`, each with its text.
    async fn latest_of(
        &self,
        partition: &Partition,
        most: i64,
    ) -> PortResult<Vec<(String, SendRecord)>> {
        let mut range = redis::cmd("LRANGE");
        range
            .arg(partition.keys.failed())
            .arg(most.saturating_neg())
            .arg(-1);
        let texts: Vec<String> = self.shared.redis.commands().run(&range).await?;
        let read = |text: String| match serde_json::from_str(&text) {
            Ok(record) => Some((text, record)),
            // It stays, for the version that wrote it.
            Err(error) => {
                tracing::warn!(%error, "a failed send cannot be read");
                None
            }
        };
        Ok(texts.into_iter().filter_map(read).collect())
    }
}
