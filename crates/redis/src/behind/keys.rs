//! Where what is.
//!
//! Everything about one contact on one account is in one partition, and a partition's keys
//! share a hash tag, so that in a cluster they are on one node and a script may change
//! them together.

use heliograph_model::{AccountId, ContactId};
use sha2::{Digest, Sha256};

/// The keys of one partition.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    /// What all of them begin with, such as `heliograph:{2}:`.
    base: String,
}

/// In which partition a conversation is.
pub(super) fn partition(account: &str, contact: &str, partitions: usize) -> usize {
    // FNV-1a: the same in every process and every version, and spread well enough.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in account.bytes().chain([0]).chain(contact.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from((hash ^ (hash >> 32)) % partitions.max(1) as u64).unwrap_or(0)
}

impl Keys {
    pub(super) fn new(prefix: &str, partition: usize) -> Self {
        Self {
            base: format!("{prefix}:{{{partition}}}:"),
        }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.base)
    }

    /// What the keys of conversations begin with.
    pub(super) fn conversations(&self) -> String {
        self.key("conversation:")
    }

    /// A conversation, by its name.
    pub(super) fn conversation(&self, name: &str) -> String {
        [&self.base, "conversation:", name].concat()
    }

    /// That an event was committed. A mark is long, and there are many.
    pub(super) fn mark(&self, mark: &str) -> String {
        let digest = Sha256::digest(mark.as_bytes());
        [&self.base, "mark:", &hex::encode(&digest[..12])].concat()
    }

    /// Since when the marks here are complete.
    pub(super) fn since(&self) -> String {
        self.key("marks-since")
    }

    /// Names of the conversations that MongoDB does not have as they are.
    pub(super) fn dirty(&self) -> String {
        self.key("dirty")
    }

    /// Marks that MongoDB does not have.
    pub(super) fn marks(&self) -> String {
        self.key("marks")
    }

    /// Names of the conversations that MongoDB refuses, by when it did last.
    pub(super) fn refused(&self) -> String {
        self.key("refused")
    }

    /// Marks that MongoDB refuses, in the same way.
    pub(super) fn refused_marks(&self) -> String {
        self.key("refused-marks")
    }

    /// Which worker writes to MongoDB.
    pub(super) fn writer(&self) -> String {
        self.key("writer")
    }

    /// Counts the sends.
    pub(super) fn sequence(&self) -> String {
        self.key("sends")
    }

    /// What the outboxes' keys begin with.
    pub(super) fn outboxes(&self) -> String {
        self.key("outbox:")
    }

    /// A worker's outbox.
    pub(super) fn outbox(&self, worker: &str) -> String {
        format!("{}outbox:{worker}", self.base)
    }

    /// What the keys of what is handed over begin with.
    pub(super) fn handed(&self) -> String {
        self.key("handed:")
    }

    /// Numbers of the sends that other workers handed over to a worker.
    pub(super) fn handed_to(&self, worker: &str) -> String {
        format!("{}handed:{worker}", self.base)
    }

    /// What a worker took of that last, until it has handed it on. The script `commit` knows
    /// the name too.
    pub(super) fn taken_by(&self, worker: &str) -> String {
        self.handed_to(worker) + ":taken"
    }

    /// Sends that failed for good.
    pub(super) fn failed(&self) -> String {
        self.key("failed")
    }
}

/// A conversation's name.
pub(super) fn name(account: &AccountId, contact: &ContactId) -> String {
    [account.as_str(), ":", contact.as_str()].concat()
}

/// Whose conversation a name is.
pub(super) fn named(name: &str) -> Option<(AccountId, ContactId)> {
    let (account, contact) = name.split_once(':')?;
    Some((account.into(), contact.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_spread_and_stay_where_they_are() {
        let mut counts = [0_usize; 4];
        for contact in 0..10_000 {
            counts[partition("17841400000000001", &format!("9000000{contact}"), 4)] += 1;
        }
        assert!(
            counts.iter().all(|count| (2_000..3_000).contains(count)),
            "{counts:?}"
        );
        // Another version must find what this one wrote.
        assert_eq!(partition("17841400000000001", "900000000000011", 4), 3);
    }

    #[test]
    fn a_name_says_whose_it_is() {
        let (account, contact) = ("1".into(), "2:3".into());
        assert_eq!(named(&name(&account, &contact)), Some((account, contact)));
    }
}
