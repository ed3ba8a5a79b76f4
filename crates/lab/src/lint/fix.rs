//! What would put a finding right.

use heliograph_model::AutomationId;
use serde::{Deserialize, Serialize};

/// What would put a finding right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What it does, as the label of a button: “Move before “FAQ””, “Add a fallback”, …
    pub title: String,
    /// What it changes.
    pub change: FixChange,
}

/// What a fix changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum FixChange {
    /// Fields of the automation that the finding is about.
    Edit {
        /// One after the other: see [`super::apply`].
        edits: Vec<FieldEdit>,
    },
    /// The automation is tried right before this one.
    MoveBefore {
        /// Which.
        before: AutomationId,
    },
}

/// One field of an automation with its new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FieldEdit {
    /// As in [`heliograph_model::Problem::path`]: `steps.main.messages.0.text`.
    pub path: String,
    /// The new value as JSON text; `None` removes the field, or the element of a list.
    pub value: Option<String>,
}

impl FieldEdit {
    /// The field gets this value.
    pub(super) fn set(path: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        Self {
            path: path.into(),
            value: Some(value.into().to_string()),
        }
    }

    /// The field, or the element of a list, is taken out.
    pub(super) fn remove(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            value: None,
        }
    }
}

impl Fix {
    /// Edits fields.
    pub(super) fn edit(title: impl Into<String>, edits: Vec<FieldEdit>) -> Self {
        Self {
            title: title.into(),
            change: FixChange::Edit { edits },
        }
    }

    /// Moves the automation before another one.
    pub(super) fn move_before(name: &str, before: AutomationId) -> Self {
        Self {
            title: format!("Move before “{name}”"),
            change: FixChange::MoveBefore { before },
        }
    }
}
