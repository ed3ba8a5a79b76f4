//! What was written lately and is not in its place yet.
//!
//! A row whose key says nothing about time belongs on a page of its own, and in the log a
//! page weighs 4 KiB however little of it changed. Therefore such rows are appended to a
//! table of the newest ones and held in memory, and when there are many they are put in
//! their place in the order of their keys, where neighbours share a page.

use heliograph_model::Millis;
use parking_lot::Mutex;
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

type Map<K, V> = HashMap<K, V, ahash::RandomState>;

/// So many are put in their place with a transaction that adds none,
const SOME: usize = 256;
/// and so many with one that does nothing else: some 5 ms.
const SOME_WHEN_QUIET: usize = 2_048;

/// The newest rows, as everybody sees them.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Mutex<State<K, V>>);

#[derive(Debug)]
struct State<K, V> {
    new: Map<K, V>,
    /// On their way to their place; older than `new`.
    moving: BTreeMap<K, V>,
}

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::new(State {
            new: Map::default(),
            moving: BTreeMap::new(),
        }))
    }
}

impl<K: Ord + Hash + Clone, V: Clone> Lately<K, V> {
    /// The newest row of this key, where it is one of them. What is not must be looked
    /// for in its place, afterwards: it goes there before it leaves here.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + Hash + ?Sized,
    {
        let state = self.0.lock();
        let found = state.new.get(key);
        found.or_else(|| state.moving.get(key)).cloned()
    }

    /// Those that `wanted` says, the newest of each key.
    pub(crate) fn list(&self, wanted: impl Fn(&K) -> bool) -> Vec<(K, V)> {
        let state = self.0.lock();
        let old = state.moving.iter();
        old.filter(|(key, _)| !state.new.contains_key(key))
            .chain(&state.new)
            .filter(|(key, _)| wanted(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Whether everything is in its place.
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.0.lock();
        state.new.is_empty() && state.moving.is_empty()
    }

    /// Adds what a table of the newest rows held at the start.
    pub(crate) fn restore(&self, rows: impl IntoIterator<Item = (K, V)>) {
        self.0.lock().new.extend(rows);
    }
}

/// The writer's side: what a transaction adds and moves, which nobody sees before its
/// commit.
pub(crate) struct Settling<K, V> {
    /// So many new ones are put in their place together,
    many: usize,
    /// and fewer when they have waited for so long, in milliseconds by the clock.
    long: i64,
    settled_at: Millis,
    /// The last row of the table of the newest ones.
    last: i64,
    /// The last one that is on its way.
    moving_up_to: i64,
    added: Map<K, V>,
    rows: i64,
    moved_up_to: Option<K>,
    emptied: bool,
}

/// What is to be put in its place by this transaction.
pub(crate) struct Part<K, V> {
    pub(crate) rows: Vec<(K, V)>,
    /// After it, the newest rows up to this one can be forgotten.
    pub(crate) forget: Option<i64>,
}

impl<K: Ord + Hash + Clone, V: Clone> Settling<K, V> {
    pub(crate) fn new(many: usize, long: i64, last: i64, now: Millis) -> Self {
        Self {
            many,
            long,
            settled_at: now,
            last,
            moving_up_to: 0,
            added: Map::default(),
            rows: 0,
            moved_up_to: None,
            emptied: false,
        }
    }

    /// Whether this transaction has added the key.
    pub(crate) fn has_added(&self, key: &K) -> bool {
        self.added.contains_key(key)
    }

    /// Adds a row; returns its id in the table of the newest ones.
    pub(crate) fn add(&mut self, key: K, value: V) -> i64 {
        self.added.insert(key, value);
        self.rows += 1;
        self.last += 1;
        self.last
    }

    /// Whether some should be put in their place although nothing is going on.
    pub(crate) fn is_due(&self, lately: &Lately<K, V>, now: Millis) -> bool {
        let state = lately.0.lock();
        !state.moving.is_empty()
            || (!state.new.is_empty() && now.since(self.settled_at) >= self.long)
    }

    /// What is to be put in its place now: more than came in, so that it comes to an end.
    /// When it is `quiet`, also those that have waited for long.
    pub(crate) fn part(
        &mut self,
        lately: &Lately<K, V>,
        now: Millis,
        quiet: bool,
    ) -> Option<Part<K, V>> {
        let count = if quiet {
            SOME_WHEN_QUIET
        } else {
            SOME + 2 * self.added.len()
        };
        let mut state = lately.0.lock();
        if state.moving.is_empty() {
            let waited = quiet && now.since(self.settled_at) >= self.long;
            if state.new.is_empty() || (state.new.len() < self.many && !waited) {
                return None;
            }
            self.settled_at = now;
            state.moving = std::mem::take(&mut state.new).into_iter().collect();
            // What this transaction adds is in none of the two yet.
            self.moving_up_to = self.last - self.rows;
        }
        self.emptied = state.moving.len() <= count;
        let some = state.moving.iter().take(count);
        let rows: Vec<(K, V)> = some.map(|(k, v)| (k.clone(), v.clone())).collect();
        self.moved_up_to = rows.last().map(|(key, _)| key.clone());
        Some(Part {
            rows,
            forget: self.emptied.then_some(self.moving_up_to),
        })
    }

    /// The transaction was committed, or was not.
    pub(crate) fn ended(&mut self, lately: &Lately<K, V>, committed: bool) {
        let rows = std::mem::take(&mut self.rows);
        let moved_up_to = self.moved_up_to.take();
        let emptied = std::mem::take(&mut self.emptied);
        if !committed {
            self.last -= rows;
            self.added.clear();
            return;
        }
        if self.added.is_empty() && moved_up_to.is_none() {
            return;
        }
        let mut state = lately.0.lock();
        state.new.extend(self.added.drain());
        // The moved ones are found in their place from now on.
        if emptied {
            state.moving.clear();
        } else if let Some(last) = moved_up_to {
            state.moving = state.moving.split_off(&last);
            state.moving.remove(&last);
        }
    }
}
