//! What a filter asks of the reads that led to a decision: `cache:miss`,
//! `cache:user_state.miss`, `cache:shared.error`.

use crate::traffic::facets::Seen;
use heliograph_model::{Collection, Outcome, Tier};
use std::fmt;

/// One read as it is looked for: of what, by whom answered, and how. What is absent is not
/// asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadWanted {
    pub(super) collection: Option<Collection>,
    pub(super) tier: Option<Tier>,
    pub(super) outcome: Option<Outcome>,
}

impl ReadWanted {
    /// All names that can stand for themselves, in the order in which they are offered.
    pub(super) fn names() -> Vec<&'static str> {
        let outcomes = Outcome::ALL.map(Outcome::as_str);
        let tiers = Tier::ALL.map(Tier::as_str);
        let collections = Collection::ALL.map(Collection::as_str);
        [&outcomes[..], &tiers[..], &collections[..]].concat()
    }

    /// Reads names with dots between, each of another sort.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut wanted = Self::default();
        for name in text.trim().to_ascii_lowercase().split('.') {
            let is = |one: &'static str| one == name;
            let collection = Collection::ALL.into_iter().find(|one| is(one.as_str()));
            let tier = Tier::ALL.into_iter().find(|one| is(one.as_str()));
            let outcome = Outcome::ALL.into_iter().find(|one| is(one.as_str()));
            let is_new = collection.is_some() && wanted.collection.is_none()
                || tier.is_some() && wanted.tier.is_none()
                || outcome.is_some() && wanted.outcome.is_none();
            if !is_new {
                return None;
            }
            wanted = Self {
                collection: wanted.collection.or(collection),
                tier: wanted.tier.or(tier),
                outcome: wanted.outcome.or(outcome),
            };
        }
        Some(wanted)
    }

    /// Whether a read is such a one.
    pub(super) fn is(&self, read: &Seen) -> bool {
        self.collection.is_none_or(|one| one == read.collection)
            && self.tier.is_none_or(|one| one == read.tier)
            && self.outcome.is_none_or(|one| one == read.outcome)
    }
}

impl fmt::Display for ReadWanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            self.collection.map(Collection::as_str),
            self.tier.map(Tier::as_str),
            self.outcome.map(Outcome::as_str),
        ];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        f.write_str(&names.join("."))
    }
}
