//! Where a contact stands, and what the shared tier is to hold of it.

use super::{Cached, Ending, key, merge, read};
use crate::ports::CacheWrite;
use bytes::Bytes;
use heliograph_model::{AccountId, Collection, ContactId, StateChange, UserState};

/// Where a contact stands, with the cached document as it was read.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The state; `None` when nothing is awaited.
    pub state: Option<UserState>,
    /// The shared tier's document, where it came from there.
    pub(super) bytes: Option<Bytes>,
    /// It came from the store, because the shared tier does not have it.
    pub(super) is_loaded: bool,
}

impl Cached {
    /// What the shared tier is to hold of where a contact stands once `change` is committed;
    /// `None` where what it holds is right. To be written with the commit, or after it by
    /// the one who handles the contact. What another application has in the cached document
    /// beside our fields, which `before` shows, stays in it.
    #[must_use]
    pub fn standing_write(
        &self,
        account: &AccountId,
        contact: &ContactId,
        before: &Standing,
        change: &StateChange,
    ) -> Option<CacheWrite> {
        let usual = |known| self.policy.ttl(Collection::UserState, known);
        let (value, ttl_ms, only_new) = match change {
            StateChange::Keep if !before.is_loaded => return None,
            StateChange::Keep => {
                let known = before.state.is_some();
                (read::encode(&before.state), usual(known), true)
            }
            StateChange::Clear => (read::encode(&None::<UserState>), usual(false), false),
            StateChange::Set(new) => {
                let value = match (&before.state, &before.bytes) {
                    (Some(old), Some(bytes)) => merge::onto(bytes, old, new),
                    _ => read::encode(new),
                };
                let left = new.expires_at.since(self.clock.now()).max(1);
                (value, left, false)
            }
        };
        Some(CacheWrite {
            key: key::user_state(account, contact),
            value,
            ttl_ms,
            only_new,
        })
    }

    /// Writes to the shared tier what [`Self::standing_write`] gave, where the commit has
    /// not done it.
    pub async fn write_standing(&self, write: CacheWrite) {
        let ending = self.standing_ends(&write);
        let CacheWrite {
            key,
            value,
            ttl_ms,
            only_new,
        } = write;
        if only_new {
            let added = self.cache.add(&key, value, ttl_ms).await;
            self.filled(&key, ending, added);
        } else {
            self.put(key, value, ttl_ms, ending).await;
        }
    }

    /// When what is about to be written ends its time in the shared tier.
    pub(crate) fn standing_ends(&self, write: &CacheWrite) -> Ending {
        self.ends_after(Collection::UserState, &write.key, write.ttl_ms)
    }

    /// Counts that a commit has written it.
    pub(crate) fn standing_written(&self, ending: Ending) {
        self.counters.write(Collection::UserState);
        self.endings.keep(ending);
    }
}
