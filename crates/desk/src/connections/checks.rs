//! The last test of each profile, kept for the next look.

use heliograph_model::Millis;
use heliograph_runtime::check::{Check, CheckOutcome, worst};
use heliograph_runtime::guard::CreatedIndexes;
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

/// What became of indexes that were missing, each as `collection (fields)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct IndexesMade {
    /// They are there now.
    pub created: Vec<String>,
    /// MongoDB refused these, with the reason.
    pub refused: Vec<String>,
}

impl From<CreatedIndexes> for IndexesMade {
    fn from(made: CreatedIndexes) -> Self {
        Self {
            created: made.created,
            refused: made.refused,
        }
    }
}

/// What the checks say to somebody at a command line, and to somebody at a window.
const AT_THE_WINDOW: &[(&str, &str)] = &[
    (
        "name the Graph API with --graph https://graph.instagram.com.",
        "choose The Graph API under “Sends go to”.",
    ),
    (
        "Correct --graph and --graph-version.",
        "Correct the Graph API's address and version in the profile.",
    ),
    (
        "; --online does.",
        "; “Ask Instagram too” does, in the profile's menu.",
    ),
    (
        "Choose --guard observe,",
        "Edit the profile and choose observe,",
    ),
    (
        "Use the simulated Instagram, or --guard observe.",
        "Edit the profile: let it send to the simulated Instagram, or open it at observe.",
    ),
    (
        "Name another file with --database;",
        "Edit the profile and name another file;",
    ),
    (
        "Correct --database, or say what the collections are called with --collections.",
        "Correct the database in the profile, or under More what the collections are called.",
    ),
    (
        "Correct --database,",
        "Correct the database in the profile,",
    ),
    (
        "run the doctor with --create-indexes",
        "run: heliograph doctor --profile \"{profile}\" --create-indexes",
    ),
    (
        "Run the doctor with --create-indexes",
        "Create them here while the profile is live, or run: heliograph doctor --profile \"{profile}\" --create-indexes",
    ),
    (
        "Name your own CA with --redis-ca,",
        "Name your own CA in the profile, under More,",
    ),
    ("run the doctor again", "test it again"),
    ("Run the doctor again", "Test it again"),
];

fn at_the_window(text: &str, profile: &str) -> String {
    AT_THE_WINDOW
        .iter()
        .fold(text.to_owned(), |text, (line, window)| {
            text.replace(line, &window.replace("{profile}", profile))
        })
}

impl ShownCheck {
    pub(super) fn all(checks: &[Check], profile: &str) -> Vec<Self> {
        checks
            .iter()
            .map(|check| Self {
                name: check.name.to_owned(),
                outcome: check.outcome.into(),
                says: at_the_window(&check.says, profile),
                to_do: check.to_do.as_deref().map(|it| at_the_window(it, profile)),
            })
            .collect()
    }
}

impl CheckReport {
    pub(super) fn of(checks: &[Check], at: Millis, profile: &str) -> Self {
        Self {
            at,
            outcome: worst(checks).into(),
            checks: ShownCheck::all(checks, profile),
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

#[cfg(test)]
mod tests {
    use super::at_the_window;

    #[test]
    fn nobody_at_the_window_is_told_of_an_option_of_the_command_line() {
        let sources = [
            include_str!("../../../runtime/src/check/mod.rs"),
            include_str!("../../../runtime/src/check/redis.rs"),
            include_str!("../../../runtime/src/check/mongo.rs"),
            include_str!("../../../runtime/src/check/queue.rs"),
            include_str!("../../../runtime/src/check/instagram.rs"),
            include_str!("../../../runtime/src/check/agreement.rs"),
        ];
        let lines = sources.iter().flat_map(|source| source.lines());
        for line in lines.filter(|line| !line.trim_start().starts_with("//")) {
            let shown = at_the_window(line, "Shop");
            let left = shown.replace("heliograph doctor --profile \"Shop\" --create-indexes", "");
            assert!(!left.contains(" --"), "{line}");
            assert!(!left.contains("the doctor"), "{line}");
        }
    }
}
