//! How a tunnel is, as people are told.

use heliograph_model::Millis;
use serde::Serialize;

/// How a tunnel is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum TunnelState {
    /// It was not started, or was stopped.
    #[default]
    Stopped,
    /// The program runs and has not said that it is connected.
    Starting {
        /// Since when.
        since: Millis,
    },
    /// What is asked of this address comes to the listener.
    Up {
        /// The public address, without a slash at its end.
        url: String,
        /// Since when.
        since: Millis,
    },
    /// It was lost, or did not come up, and is tried again by itself.
    Reconnecting {
        /// Which try it is, from 1.
        attempt: u32,
        /// When the program is started again; in the past while it tries by itself.
        at: Millis,
        /// What happened.
        reason: String,
    },
    /// Trying again would not help.
    Failed {
        /// What happened.
        reason: String,
        /// What to do about it.
        advice: String,
    },
}

impl TunnelState {
    /// The public address, while it is up.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Up { url, .. } => Some(url),
            Self::Stopped
            | Self::Starting { .. }
            | Self::Reconnecting { .. }
            | Self::Failed { .. } => None,
        }
    }
}
