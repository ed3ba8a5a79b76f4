//! The last test of each profile, kept for the next look.

use heliograph_model::Millis;
use heliograph_runtime::check::{Check, CheckOutcome, worst};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a test of a profile found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// When it ended.
    pub at: Millis,
    /// The worst of it.
    pub outcome: ShownOutcome,
    /// Each thing that was looked at.
    pub checks: Vec<ShownCheck>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ShownCheck {
    /// What, such as `redis.eviction`.
    pub name: String,
    /// How it stands.
    pub outcome: ShownOutcome,
    /// What was found, for people.
    pub says: String,
    /// What to do about it; `None` where nothing need be done.
    pub to_do: Option<String>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ShownOutcome {
    /// As it should be.
    Ok,
    /// It works, and somebody should know of it.
    Warning,
    /// It does not work, or loses something.
    Failed,
}

impl From<CheckOutcome> for ShownOutcome {
    fn from(outcome: CheckOutcome) -> Self {
        match outcome {
            CheckOutcome::Ok => Self::Ok,
            CheckOutcome::Warning => Self::Warning,
            CheckOutcome::Failed => Self::Failed,
        }
    }
}

impl From<&Check> for ShownCheck {
    fn from(check: &Check) -> Self {
        Self {
            name: check.name.to_owned(),
            outcome: check.outcome.into(),
            says: check.says.clone(),
            to_do: check.to_do.clone(),
        }
    }
}

impl CheckReport {
    pub(super) fn of(checks: &[Check], at: Millis) -> Self {
        Self {
            at,
            outcome: worst(checks).into(),
            checks: checks.iter().map(ShownCheck::from).collect(),
        }
    }
}

/// The reports, by profile, in a file of their own: losing it loses nothing that cannot be
/// found again.
#[derive(Debug)]
pub(super) struct Reports {
    path: PathBuf,
    /// Read with the first look. Held for a look-up or a write of a small file.
    known: Mutex<Option<BTreeMap<String, CheckReport>>>,
}

impl Reports {
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            known: Mutex::default(),
        }
    }

    pub(super) fn all(&self) -> BTreeMap<String, CheckReport> {
        self.with(|known| known.clone())
    }

    pub(super) fn keep(&self, profile: &str, report: CheckReport) {
        self.with(|known| known.insert(profile.to_owned(), report));
        self.write();
    }

    pub(super) fn forget(&self, profile: &str) {
        if self.with(|known| known.remove(profile)).is_some() {
            self.write();
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<String, CheckReport>) -> T) -> T {
        let mut known = self.known.lock();
        let known = known.get_or_insert_with(|| {
            let bytes = std::fs::read(&self.path).unwrap_or_default();
            serde_json::from_slice(&bytes).unwrap_or_default()
        });
        look(known)
    }

    fn write(&self) {
        let text = self.with(|known| serde_json::to_vec_pretty(known));
        let written = text
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(&self.path, text));
        if let Err(error) = written {
            tracing::warn!(%error, "what tests of profiles found is not kept");
        }
    }
}
