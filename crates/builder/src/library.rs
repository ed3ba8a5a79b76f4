//! The library: all automations of a workspace at a glance.

use heliograph_lab::lint::Finding;
use heliograph_model::{
    Automation, AutomationId, AutomationType, Millis, Target, Trigger, Workspace,
};
use serde::{Deserialize, Serialize};

/// All automations of a workspace at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Library {
    /// Whose they are.
    pub workspace: Workspace,
    /// The automations by type, in the order in which they are tried.
    pub entries: Vec<Entry>,
    /// Those that were archived or deleted, the last one first.
    pub put_away: Vec<PutAway>,
    /// What linting says of them as they are drafted.
    pub findings: Vec<Finding>,
    /// What the person has to know of the files: that one was damaged and set aside.
    pub notes: Vec<String>,
}

/// One automation at a glance, as it is drafted where there is a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: AutomationId,
    /// What it answers.
    #[serde(rename = "type")]
    pub kind: AutomationType,
    /// Its name.
    pub name: String,
    /// Whether it is tried.
    pub is_active: bool,
    /// Smaller is tried earlier.
    pub priority: i32,
    /// The post or story it is for.
    pub target: Target,
    /// What sets it off.
    pub trigger: Trigger,
    /// How far it is.
    pub state: EntryState,
    /// It was changed elsewhere since the draft was begun.
    pub conflict: bool,
    /// When it was last edited, in UTC milliseconds.
    pub updated_at: Millis,
}

/// How far an automation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// It was never published: no webhook meets it.
    Draft,
    /// It is published, and a draft of it is not.
    Changed,
    /// It is published as it is shown.
    Published,
}

impl Entry {
    pub(crate) fn new(shown: &Automation, state: EntryState, conflict: bool) -> Self {
        Self {
            id: shown.id.clone(),
            kind: shown.kind,
            name: shown.name.clone(),
            is_active: shown.is_active,
            priority: shown.priority,
            target: shown.target.clone(),
            trigger: shown.trigger.clone(),
            state,
            conflict,
            updated_at: shown.updated_at,
        }
    }
}

/// An automation that was taken out of the workspace and can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PutAway {
    /// Its id.
    pub id: AutomationId,
    /// What it answers.
    #[serde(rename = "type")]
    pub kind: AutomationType,
    /// Its name.
    pub name: String,
    /// When, in UTC milliseconds.
    pub at: Millis,
    /// Archived, or deleted.
    pub why: PutAwayWhy,
}

/// Why an automation was taken out of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum PutAwayWhy {
    /// It was archived, and stays until somebody wants it.
    Archived,
    /// It was deleted, and goes for good after thirty days.
    Deleted,
}

impl PutAwayWhy {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}
