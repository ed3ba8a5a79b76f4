//! What MongoDB refuses for what it is, as a contact whose e-mail address another one has
//! under a unique index. It keeps nothing else from being written: it is set aside, stays
//! as durable as what waits, and is tried again when it changes and from time to time, for
//! nobody tells when somebody has changed the index.

use super::keys::Keys;
use super::{Partition, Shared};
use crate::{Redis, RedisError};
use heliograph_engine::ports::{PortResult, Refusals};

/// How many conversations are set aside in a partition at the most, and how many marks. What
/// is refused beyond them stays in the lists of what waits: nothing is given up.
pub(super) const MOST: usize = 10_000;
/// How many of each are tried again with one command.
const SOME: usize = 1_000;

impl Redis {
    /// How much of what was committed MongoDB refuses, over all partitions.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn refused(&self) -> Result<u64, RedisError> {
        let mut get = redis::cmd("GET");
        let partitions: Option<usize> =
            self.commands().run(get.arg(self.own("partitions"))).await?;
        let mut refused = 0;
        for number in 0..partitions.unwrap_or(0) {
            let keys = Keys::new(&self.config().prefix, number);
            let mut counts = redis::pipe();
            counts.zcard(keys.refused()).zcard(keys.refused_marks());
            let (conversations, marks): (u64, u64) = self.commands().run_all(&counts).await?;
            refused += conversations + marks;
        }
        Ok(refused)
    }
}

/// Puts back into the lists what was refused a while ago.
pub(super) async fn retry(shared: &Shared, partition: &Partition) -> PortResult<()> {
    let keys = &partition.keys;
    let call = shared.scripts.retry.on(&[
        &keys.refused(),
        &keys.dirty(),
        &keys.refused_marks(),
        &keys.marks(),
    ]);
    let after = shared.settings.refused_again.as_millis();
    let call = call.arg(i64::try_from(after).unwrap_or(i64::MAX)).arg(SOME);
    let again: u64 = call.run(&mut shared.redis.commands()).await?;
    if again > 0 {
        tracing::info!(again, "what MongoDB refused is written once more");
    }
    Ok(())
}

/// Says what is refused; `name` is that of the first conversation among it.
pub(super) fn tell(refusals: &Refusals, name: Option<&str>) {
    let first = refusals.changes.first().or(refusals.marks.first());
    let Some(why) = first.map(|first| first.why.as_str()) else {
        return;
    };
    tracing::error!(
        conversations = refusals.changes.len(),
        marks = refusals.marks.len(),
        conversation = name.unwrap_or_default(),
        why,
        "MongoDB refuses documents: they are set aside in Redis, and tried again every minute. Look at the unique indexes and the validation rules of its collections"
    );
}
