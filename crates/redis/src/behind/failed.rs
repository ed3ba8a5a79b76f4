//! Sends that failed for good, for people to look at: a list of records in each partition,
//! the latest last.

use super::handover::{self, Lot};
use super::{Partition, WriteBehind, keys, ledger};
use async_trait::async_trait;
use heliograph_engine::ports::{FailedSends, PortResult, SendAgain, Senders};
use heliograph_model::{Millis, OutboxId, SendRecord};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// How many sends are put back with one command.
const SOME: usize = 100;

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

    async fn send_again(&self, sends: &[SendAgain], now: Millis) -> PortResult<u64> {
        let wanted: HashMap<OutboxId, SendAgain> =
            sends.iter().map(|send| (send.id, *send)).collect();
        let places: HashSet<_> = wanted
            .keys()
            .map(|id| self.shared.place_of_send(id.0))
            .collect();
        let mut lot = Lot::new(&self.shared);
        let (mut count, mut trouble) = (0, None);
        for place in places {
            let put_back = self.put_back(place, &wanted, now, &mut lot, &mut count);
            if let Err(error) = put_back.await {
                trouble = Some(error);
            }
        }
        // Also after a failure, of which nobody knows what it had put back.
        if let Err(error) = lot.leave().await {
            tracing::warn!(%error, "sends that were put back are taken up a while later");
        }
        match trouble {
            Some(error) if count == 0 => Err(error),
            Some(error) => {
                tracing::warn!(%error, "not every failed send could be put back");
                Ok(count)
            }
            None => Ok(count),
        }
    }

    async fn senders(&self) -> PortResult<Senders> {
        Ok(Senders::Workers(handover::working(&self.shared).await?))
    }
}

impl WriteBehind {
    /// Puts back what is wanted and still listed in a partition, the earliest first, and
    /// counts it in `count`, also where it fails later.
    async fn put_back(
        &self,
        place: usize,
        wanted: &HashMap<OutboxId, SendAgain>,
        now: Millis,
        lot: &mut Lot<'_>,
        count: &mut u64,
    ) -> PortResult<()> {
        let partition = &self.shared.partitions[place];
        let mut listed = self.latest_of(partition, i64::MAX).await?;
        listed.retain(|(_, record)| wanted.contains_key(&record.outbox_id));
        // What was to be sent earlier leaves earlier.
        listed.sort_by_key(|(_, record)| record.outbox_id);
        let own = [
            partition.keys.failed(),
            partition.keys.sequence(),
            partition.keys.outbox(&lot.name),
        ];
        for some in listed.chunks(SOME) {
            let conversations: Vec<String> = some
                .iter()
                .map(|(_, record)| {
                    let contact = record.contact_id.as_ref();
                    let name = contact.map(|contact| keys::name(&record.account_id, contact));
                    partition.keys.conversation(&name.unwrap_or_default())
                })
                .collect();
            let all: Vec<&str> = own
                .iter()
                .chain(&conversations)
                .map(String::as_str)
                .collect();
            let mut call = self
                .shared
                .scripts
                .again
                .on(&all)
                .arg(&lot.name)
                .arg(partition.keys.outboxes())
                .arg(partition.keys.handed());
            for (text, record) in some {
                let counted = u8::from(record.contact_id.is_some());
                let item = wanted[&record.outbox_id].item(record.clone(), OutboxId(0), now);
                call = call.arg(text).arg(ledger::waiting(&item)?).arg(counted);
            }
            lot.fills().await?;
            *count += call.run::<u64>(&mut self.shared.redis.commands()).await?;
        }
        Ok(())
    }

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
