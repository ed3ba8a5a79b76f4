//! The cache layer: read-through, write-through and invalidation over the cache port.
//!
//! Three tiers are asked in turn: this process' compiled copies (*near*), the cache port
//! (*shared*: Redis, or memory in the embedded profile) and the *store*. The policies are
//! those of the table "Caching" of the design:
//!
//! - Automations and accounts are read through, kept near, and invalidated on every edit.
//! - User states are read through and written through, and so is their absence.
//! - Contacts are read fresh, unless a short time is switched on.
//!
//! A fill that raced an edit never puts the old value back: the shared tier hands out a
//! lease with every miss, and the near tier compares epochs. User states need no lease:
//! whoever holds the conversation alone writes them. A crowd of misses loads once. A tier
//! that fails is passed over and counted; a write-through that fails leaves its key
//! *suspect*, and a suspect key is not read until it could be removed.
//!
//! What is read for after its time was over is counted as *expired*, near and in the shared
//! tier, and the read goes on.

pub mod agreement;
mod counters;
mod endings;
mod flight;
pub mod key;
mod merge;
mod near;
mod policy;
mod read;
mod recent;
mod slowest;
mod standing;
mod suspects;

pub(crate) use counters::CacheCounters;
pub use counters::ReadFigures;
pub(crate) use endings::Ending;
pub use policy::CachePolicy;
pub use read::Found;
pub use recent::Recent;
pub use slowest::SlowRead;
pub use standing::Standing;

use crate::matching::AutomationSet;
use crate::ports::{Announcements, Cache, Clock, Documents, Heard, PortResult, Stale};
use bytes::Bytes;
use endings::Endings;
use flight::Flights;
use heliograph_model::{
    Account, AccountId, AutomationType, CacheFigures, Collection, Contact, ContactId, Outcome,
    Read, StateChange, Target, Tier, UserState, WorkspaceId,
};
use near::Near;
use read::{Brought, Stopwatch};
use slowest::Slowest;
use std::sync::Arc;
use suspects::Suspects;

/// The cached reads of the engine.
#[derive(Debug)]
pub struct Cached {
    store: Arc<dyn Documents>,
    cache: Arc<dyn Cache>,
    announcements: Option<Arc<dyn Announcements>>,
    clock: Arc<dyn Clock>,
    policy: CachePolicy,
    counters: Arc<CacheCounters>,
    near_accounts: Near<Option<Arc<Account>>>,
    near_automations: Near<Arc<AutomationSet>>,
    flights: Flights,
    suspects: Suspects,
    endings: Endings,
    slowest: Slowest,
}

impl Cached {
    /// Puts the tiers together.
    pub fn new(
        store: Arc<dyn Documents>,
        cache: Arc<dyn Cache>,
        clock: Arc<dyn Clock>,
        policy: CachePolicy,
    ) -> Self {
        let counters: Arc<CacheCounters> = Arc::default();
        let (entries, for_near) = (policy.near_entries, || Arc::clone(&counters));
        Self {
            store,
            cache,
            announcements: None,
            clock,
            near_accounts: Near::new(entries, Collection::Workspace, for_near()),
            near_automations: Near::new(entries, Collection::Automations, for_near()),
            counters,
            flights: Flights::default(),
            suspects: Suspects::default(),
            endings: Endings::default(),
            slowest: Slowest::default(),
            policy,
        }
    }

    /// The same with other workers, who are told of every invalidation and tell of theirs.
    /// Nothing is kept near before the first [`Heard::Listening`].
    #[must_use]
    pub fn announced(mut self, announcements: Arc<dyn Announcements>) -> Self {
        self.announcements = Some(announcements);
        self.bypass_near(true);
        self
    }

    /// Obeys what is heard from the other workers, until it is dropped. Without others
    /// there is nothing to hear.
    pub async fn obey(&self) {
        let Some(announcements) = &self.announcements else {
            return std::future::pending().await;
        };
        loop {
            match announcements.hear().await {
                Heard::Stale(Stale::Key(key)) => {
                    if let Some(collection) = key::collection(&key) {
                        self.counters.heard(collection);
                    }
                    self.forget_here(&key);
                }
                Heard::Stale(Stale::Matching(pattern)) => {
                    if let Some(collection) = key::collection(&pattern) {
                        self.counters.heard(collection);
                    }
                    self.forget_matching_here(&pattern);
                }
                // What was told before it is obeyed by now: it comes in its turn. What is told
                // next does not wait for the answer to be written.
                Heard::Asked(ask) => {
                    let announcements = Arc::clone(announcements);
                    tokio::spawn(async move {
                        if let Err(error) = announcements.obeyed(&ask).await {
                            tracing::debug!(%error, "whoever invalidated is not told that it was obeyed");
                        }
                    });
                }
                Heard::Deaf => {
                    tracing::warn!(
                        "invalidations cannot be heard; nothing is kept near until they can"
                    );
                    self.bypass_near(true);
                }
                Heard::Listening => self.bypass_near(false),
            }
        }
    }

    /// Forgets this process' own copy, and until when the shared tier had one: what is
    /// removed does not expire.
    fn forget_here(&self, key: &str) {
        if key.starts_with(key::WORKSPACE) {
            self.near_accounts.invalidate(key);
        } else {
            self.near_automations.invalidate(key);
        }
        if let Some(collection) = key::collection(key) {
            self.endings.forget(collection, key);
        }
    }

    /// Patterns are an operator's, and rare: everything near goes.
    fn forget_matching_here(&self, pattern: &str) {
        self.near_accounts.clear();
        self.near_automations.clear();
        for collection in Collection::ALL {
            if key::collection(pattern).is_none_or(|only| only == collection) {
                self.endings.forget_all(collection);
            }
        }
    }

    /// The counters since the start.
    #[must_use]
    pub fn figures(&self) -> CacheFigures {
        self.counters.figures()
    }

    /// The reads since the start, by collection, tier and outcome, with what had expired.
    #[must_use]
    pub fn reads(&self) -> Vec<ReadFigures> {
        self.counters.reads()
    }

    /// The invalidations that were announced since the start, our own among them, in the
    /// order of [`Collection::ALL`].
    #[must_use]
    pub fn heard(&self) -> [u64; Collection::ALL.len()] {
        self.counters.all_heard()
    }

    /// Whether there are other workers who are told of invalidations.
    #[must_use]
    pub fn is_announced(&self) -> bool {
        self.announcements.is_some()
    }

    /// Whether nothing is kept near because invalidations cannot be heard.
    #[must_use]
    pub fn is_deaf(&self) -> bool {
        self.is_announced() && self.near_accounts.is_bypassed()
    }

    /// The slowest reads since the last call, the slowest first: at most ten, and none
    /// that took less than half a millisecond. Contacts that are read fresh are not among
    /// them.
    #[must_use]
    pub fn take_slowest(&self) -> Vec<SlowRead> {
        self.slowest.take()
    }

    /// How long what is kept.
    #[must_use]
    pub fn policy(&self) -> &CachePolicy {
        &self.policy
    }

    /// The counters, to be read also when this is gone.
    pub(crate) fn counters(&self) -> Arc<CacheCounters> {
        Arc::clone(&self.counters)
    }

    /// Empties the near tier, and keeps it empty while `on`: for the time in which
    /// invalidations from other workers cannot be heard.
    pub fn bypass_near(&self, on: bool) {
        self.near_accounts.bypass(on);
        self.near_automations.bypass(on);
    }

    /// The account behind an Instagram id; that there is none is remembered for a short
    /// time too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn account(&self, id: &AccountId) -> PortResult<(Option<Arc<Account>>, Read)> {
        let key = key::workspace(id);
        let watch = Stopwatch::start(Collection::Workspace);
        if let Ok(account) = self.near_accounts.get(&key, self.clock.now()) {
            let read = self.counted(&key, watch.hit(Tier::Near, account.is_some()));
            return Ok((account, read));
        }
        let _flight = self.flights.board(&key).await;
        let epoch = match self.near_accounts.get(&key, self.clock.now()) {
            Ok(account) => {
                let read = self.counted(&key, watch.hit(Tier::Near, account.is_some()));
                return Ok((account, read));
            }
            Err(epoch) => epoch,
        };
        let load = self.store.account(id);
        let (account, read) = self.through(&key, watch, load, Option::is_some).await?;
        let account = account.map(Arc::new);
        let expires_at =
            self.clock.now() + self.policy.ttl(Collection::Workspace, account.is_some());
        self.near_accounts
            .fill(key, account.clone(), expires_at, &epoch);
        Ok((account, read))
    }

    /// The active automations of one type and target, compiled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<(Arc<AutomationSet>, Read)> {
        let key = key::automations(workspace, kind, target);
        let watch = Stopwatch::start(Collection::Automations);
        if let Ok(set) = self.near_automations.get(&key, self.clock.now()) {
            let read = self.counted(&key, watch.hit(Tier::Near, !set.is_empty()));
            return Ok((set, read));
        }
        let _flight = self.flights.board(&key).await;
        let epoch = match self.near_automations.get(&key, self.clock.now()) {
            Ok(set) => {
                let read = self.counted(&key, watch.hit(Tier::Near, !set.is_empty()));
                return Ok((set, read));
            }
            Err(epoch) => epoch,
        };
        let load = self.store.active_automations(workspace, kind, target);
        let (automations, read) = self
            .through(&key, watch, load, |list| !list.is_empty())
            .await?;
        let set = Arc::new(AutomationSet::compile(automations));
        let expires_at = self.clock.now() + self.policy.ttl(Collection::Automations, true);
        self.near_automations
            .fill(key, Arc::clone(&set), expires_at, &epoch);
        Ok((set, read))
    }

    /// Where a contact stands. What has expired counts as absent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<(Standing, Read)> {
        let found = self.find_user_state(account, contact).await;
        let (standing, read) = self.user_state_from(found, None, account, contact).await?;
        let kept = self.standing_write(account, contact, &standing, &StateChange::Keep);
        if let Some(write) = kept {
            self.write_standing(write).await;
        }
        Ok((standing, read))
    }

    /// What the shared tier says of where a contact stands, to be asked for while
    /// something else is on its way, and given to [`Self::user_state_from`].
    pub async fn find_user_state(&self, account: &AccountId, contact: &ContactId) -> FoundState {
        let watch = Stopwatch::start(Collection::UserState);
        let key = key::user_state(account, contact);
        let found = self.look(Collection::UserState, &key).await;
        FoundState { watch, found }
    }

    /// Where a contact stands, by what was found, or by what was committed a moment ago
    /// where that is newer. What has expired counts as absent. What was loaded is not in
    /// the shared tier before what [`Self::standing_write`] gives is written.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user_state_from(
        &self,
        found: FoundState,
        recent: Option<Recent>,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<(Standing, Read)> {
        let FoundState { watch, found } = found;
        let found = recent::newer(found, recent);
        let key = key::user_state(account, contact);
        let now = self.clock.now();
        let load = self.store.user_state(account, contact, now);
        let Brought {
            value,
            bytes,
            mut read,
            ..
        } = self
            .bring(&key, found, watch, load, Option::<UserState>::is_some)
            .await?;
        let is_loaded = read.outcome == Outcome::Miss;
        let state = value.filter(|state| {
            let good = state.expires_at > now;
            if !good {
                read.outcome = Outcome::Stale;
            }
            good
        });
        let standing = Standing {
            state,
            bytes,
            is_loaded,
        };
        Ok((standing, self.counted(&key, read)))
    }

    /// A contact: from the store, unless a short time is switched on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<(Option<Contact>, Read)> {
        let watch = Stopwatch::start(Collection::Contact);
        if self.policy.contact_ms.is_none() {
            let found = self.store.contact(account, contact).await?;
            let read = watch.end(Tier::Store, Outcome::Bypass);
            self.counters.read(&read);
            return Ok((found, read));
        }
        let key = key::contact(account, contact);
        let load = self.store.contact(account, contact);
        self.through(&key, watch, load, Option::is_some).await
    }

    /// Writes a contact through, where contacts are cached.
    pub async fn put_contact(&self, contact: &Contact) {
        if self.policy.contact_ms.is_some() {
            let key = key::contact(&contact.account_id, &contact.sender_id);
            let ttl = self.policy.ttl(Collection::Contact, true);
            let ending = self.ends_after(Collection::Contact, &key, ttl);
            self.put(key, read::encode(contact), ttl, ending).await;
        }
    }

    /// Forgets a contact and where they stand, when it is not known what was stored.
    pub async fn forget_contact(&self, account: &AccountId, contact: &ContactId) {
        let key = key::user_state(account, contact);
        self.remove(Collection::UserState, key).await;
        if self.policy.contact_ms.is_some() {
            let key = key::contact(account, contact);
            self.remove(Collection::Contact, key).await;
        }
    }

    /// Forgets the automations of one type and target, after an edit was stored.
    pub async fn invalidate_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) {
        let key = key::automations(workspace, kind, target);
        self.invalidate(Collection::Automations, key).await;
    }

    /// Forgets the account behind an Instagram id, after an edit was stored.
    pub async fn invalidate_account(&self, id: &AccountId) {
        self.invalidate(Collection::Workspace, key::workspace(id))
            .await;
    }

    /// Forgets these keys, here and at every other worker, because a person wants it: with
    /// the person's own ports, which may be allowed more or less than the engine's.
    ///
    /// # Errors
    /// When the shared tier or the announcement fails. What was removed before stays so.
    pub async fn invalidate_by_hand(
        &self,
        hand: Hand<'_>,
        keys: &[String],
    ) -> PortResult<Forgotten> {
        let removed = hand.cache.remove(keys).await?;
        // After the removal: a reader may have taken the old value before it.
        for key in keys {
            self.forget_here(key);
            if let Some(collection) = key::collection(key) {
                self.counters.invalidation(collection);
            }
        }
        let mut listened: Option<u64> = None;
        if let Some(announcements) = hand.announcements {
            for key in keys {
                let now = announcements.announce(&Stale::Key(key.clone())).await?;
                listened = match (listened, now) {
                    (Some(before), Some(now)) => Some(before.min(now)),
                    (before, now) => now.or(before),
                };
            }
        }
        Ok(Forgotten { removed, listened })
    }

    /// Forgets everything of the kinds of keys that match `pattern`, in which `*` stands
    /// for any characters, here and at every other worker. Returns how many keys the
    /// shared tier had.
    ///
    /// # Errors
    /// When the shared tier or the announcement fails.
    pub async fn invalidate_matching(&self, pattern: &str) -> PortResult<u64> {
        let hand = Hand {
            cache: &*self.cache,
            announcements: self.announcements.as_deref(),
        };
        let forgotten = self.invalidate_matching_by_hand(hand, pattern).await?;
        Ok(forgotten.removed)
    }

    /// The same because a person wants it, with the person's own ports.
    ///
    /// # Errors
    /// When the shared tier or the announcement fails.
    pub async fn invalidate_matching_by_hand(
        &self,
        hand: Hand<'_>,
        pattern: &str,
    ) -> PortResult<Forgotten> {
        let removed = hand.cache.remove_matching(pattern).await?;
        if let Some(collection) = key::collection(pattern) {
            self.counters.invalidations(collection, removed);
        }
        self.forget_matching_here(pattern);
        let listened = match hand.announcements {
            Some(announcements) => {
                let stale = Stale::Matching(pattern.to_owned());
                announcements.announce(&stale).await?
            }
            None => None,
        };
        Ok(Forgotten { removed, listened })
    }

    async fn invalidate(&self, collection: Collection, key: String) {
        self.forget_here(&key);
        self.remove(collection, key.clone()).await;
        // Once more: a reader may have taken the old value from the shared tier before it
        // was removed there, in the epoch that the first invalidation began.
        self.forget_here(&key);
        if let Some(announcements) = &self.announcements
            && let Err(error) = announcements.announce(&Stale::Key(key.clone())).await
        {
            tracing::warn!(%key, %error, "other workers could not be told of an invalidation; they hear of it when their copy expires");
            self.counters.error(collection);
        }
    }

    fn counted(&self, key: &str, read: Read) -> Read {
        self.counters.read(&read);
        self.slowest.observe(key, &read);
        read
    }

    /// When what is put in now for so many milliseconds ends its time.
    fn ends_after(&self, collection: Collection, key: &str, ttl_ms: i64) -> Ending {
        self.endings.of(collection, key, self.clock.now() + ttl_ms)
    }

    async fn put(&self, key: String, value: Bytes, ttl_ms: i64, ending: Ending) {
        self.counters.write(ending.collection);
        match self.cache.put(&key, value, ttl_ms).await {
            Ok(()) => self.endings.keep(ending),
            Err(error) => {
                tracing::warn!(%key, %error, "the cache did not take a write; the key is bypassed until it can be removed");
                self.counters.error(ending.collection);
                self.endings.forget(ending.collection, &key);
                self.suspects.mark(key);
            }
        }
    }

    async fn remove(&self, collection: Collection, key: String) {
        self.counters.invalidation(collection);
        self.endings.forget(collection, &key);
        if let Err(error) = self.cache.remove(std::slice::from_ref(&key)).await {
            tracing::warn!(%key, %error, "the cache did not take an invalidation; the key is bypassed until it can be removed");
            self.counters.error(collection);
            self.suspects.mark(key);
        }
    }

    /// Whether `key` must not be read from the shared tier; tries to put that right.
    async fn is_suspect(&self, key: &str) -> bool {
        let Some(mark) = self.suspects.get(key) else {
            return false;
        };
        if self.cache.remove(&[key.to_owned()]).await.is_err() {
            return true;
        }
        self.suspects.clear(key, mark)
    }
}

/// The ports of a person who invalidates.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// Where the keys are removed.
    pub cache: &'a dyn Cache,
    /// How the other workers are told, where there are others.
    pub announcements: Option<&'a dyn Announcements>,
}

/// What an invalidation by hand did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// How many keys the shared tier had.
    pub removed: u64,
    /// How many workers listened when they were told, this process included; `None` where
    /// nobody was told, or nobody knows.
    pub listened: Option<u64>,
}

/// What the shared tier said of where a contact stands.
#[derive(Debug)]
pub struct FoundState {
    watch: Stopwatch,
    found: Found,
}
