//! What a profile allows.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a profile allows (the design, "Production profile"). Enforced in the ports, so it
/// holds whatever the caller does.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum GuardLevel {
    /// Nothing leaves the machine: only embedded and simulated backends are opened.
    Offline,
    /// Reads only: no key, no document and no message is written. Where a new production
    /// profile starts.
    #[default]
    Observe,
    /// Everything is processed, in a namespace of its own, and nothing is sent.
    #[serde(alias = "dry-run")]
    DryRun,
    /// Writes and sends.
    Live,
}

impl GuardLevel {
    /// All of them, the strictest first.
    pub const ALL: [Self; 4] = [Self::Offline, Self::Observe, Self::DryRun, Self::Live];

    /// The name as it is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Observe => "observe",
            Self::DryRun => "dry run",
            Self::Live => "live",
        }
    }
}

impl fmt::Display for GuardLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no guard level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no guard level; there are offline, observe, dry-run and live")]
pub struct UnknownGuardLevel(String);

impl FromStr for GuardLevel {
    type Err = UnknownGuardLevel;

    /// Reads a level as people write it: `dry run`, `dry-run` and `dry_run` are the same.
    fn from_str(text: &str) -> Result<Self, UnknownGuardLevel> {
        let plain = text.trim().to_ascii_lowercase().replace(['-', '_'], " ");
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == plain)
            .ok_or_else(|| UnknownGuardLevel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_as_people_and_files_write_it() {
        for text in ["dry run", "dry-run", "DRY_RUN", " dry run "] {
            assert_eq!(text.parse(), Ok(GuardLevel::DryRun), "{text}");
        }
        for level in GuardLevel::ALL {
            assert_eq!(level.as_str().parse(), Ok(level));
            let json = serde_json::to_string(&level).expect("a level becomes JSON");
            assert_eq!(serde_json::from_str::<GuardLevel>(&json).ok(), Some(level));
        }
        let error = "lively".parse::<GuardLevel>().expect_err("no level");
        assert!(error.to_string().contains("dry-run"), "{error}");
    }
}
