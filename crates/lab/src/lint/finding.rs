//! One thing that linting found.

use super::Fix;
use heliograph_model::{Automation, AutomationId, Problem, ProblemCode, Severity};
use serde::{Deserialize, Serialize};

/// One thing that linting found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, for programs.
    pub code: FindingCode,
    /// The automation that it is about.
    pub automation_id: AutomationId,
    /// Its name.
    pub name: String,
    /// The other automations that have to do with it, in the order in which they are tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because_of: Vec<AutomationId>,
    /// Where in the automation, as in [`Problem::path`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is, why, and what to do, for people.
    pub message: String,
    /// What would put it right, where a program can do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// It never fires, because an earlier one, or several, always win.
    NeverFires,
    /// One of its keywords never makes it fire, because an earlier one wins whenever that
    /// keyword is said.
    KeywordTaken,
    /// A quick reply says its title, and nothing answers that.
    LeadsNowhere,
    /// What is to be said unsubscribes whoever says it.
    Unsubscribes,
    /// Something is wrong with the automation by itself.
    #[serde(untagged)]
    Problem(ProblemCode),
}

impl Finding {
    /// A warning about one place in an automation.
    pub(super) fn warning(
        automation: &Automation,
        code: FindingCode,
        path: String,
        message: String,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            code,
            automation_id: automation.id.clone(),
            name: automation.name.clone(),
            because_of: Vec::new(),
            path: Some(path),
            message,
            fix: None,
        }
    }

    /// What validation says, as a finding.
    pub(super) fn of_problem(automation: &Automation, problem: Problem, fix: Option<Fix>) -> Self {
        Self {
            severity: problem.severity,
            fix,
            ..Self::warning(
                automation,
                FindingCode::Problem(problem.code),
                problem.path,
                problem.message,
            )
        }
    }
}
