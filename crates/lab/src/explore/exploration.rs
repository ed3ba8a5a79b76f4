//! What walking every way through an automation found.

use heliograph_model::{AutomationId, StepName};
use serde::{Deserialize, Serialize};

/// What walking every way through one automation found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Exploration {
    /// The automation.
    pub automation_id: AutomationId,
    /// Its name.
    pub name: String,
    /// How many different things a person can do, each counted once for each place where
    /// it can be done.
    pub ways: u32,
    /// How many different places a person can come to: what is awaited, what is known of
    /// them, and which buttons they have.
    pub states: u32,
    /// Whether all of them were walked. Otherwise there were more than
    /// [`super::MOST_STATES`] or [`super::MOST_WAYS`], or a step asks so often that the
    /// rest was left out.
    pub complete: bool,
    /// What is wrong, each with the shortest conversation that shows it.
    pub findings: Vec<Way>,
}

/// A way through an automation that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// What is wrong with it.
    pub kind: WayKind,
    /// What it is, and why, for people.
    pub message: String,
    /// The step, message or button that it is about, as in
    /// [`heliograph_model::Problem::path`].
    pub path: String,
    /// The shortest conversation that shows it. Of what is never sent: the one that comes
    /// nearest.
    pub conversation: Vec<Turn>,
    /// The same as a scenario (`docs/scenarios.md`), which passes as long as it is so.
    pub scenario: String,
}

/// What is wrong with a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WayKind {
    /// A button or quick reply that gets no answer.
    DeadEnd,
    /// A button that says again what it stands below, or words that start everything
    /// over.
    Loop,
    /// Something is awaited, and hardly anybody gets away from it.
    CannotBeLeft,
    /// A message that no way leads to, or an automation that nothing starts.
    NeverSent,
    /// A message that Instagram refuses.
    SendRefused,
}

impl WayKind {
    /// The kind in words, at the start of a line.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::DeadEnd => "dead end",
            Self::Loop => "loop",
            Self::CannotBeLeft => "cannot be left",
            Self::NeverSent => "never sent",
            Self::SendRefused => "send refused",
        }
    }
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// Whose line it is.
    pub who: Who,
    /// What is said or happens. A button that is tapped stands in brackets, and so do
    /// those below a message.
    pub text: String,
    /// On a message of the account: the step that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepName>,
}

/// Whose line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The person's.
    Person,
    /// The account's.
    Account,
    /// Time passes.
    Time,
}
