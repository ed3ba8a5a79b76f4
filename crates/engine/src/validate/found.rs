//! The list of what was found.

use super::{Detailed, Limit};
use heliograph_model::{Problem, ProblemCode, Severity};

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    list: Vec<Detailed>,
    /// The limit of the text that is looked at.
    limit: Option<Limit>,
}

impl Found {
    pub(super) fn error(&mut self, path: &str, code: ProblemCode, message: impl Into<String>) {
        self.add(Severity::Error, path, code, message.into());
    }

    pub(super) fn warning(&mut self, path: &str, code: ProblemCode, message: impl Into<String>) {
        self.add(Severity::Warning, path, code, message.into());
    }

    /// What is found from now on is about a text with this limit.
    pub(super) fn within(&mut self, limit: Limit) {
        self.limit = Some(limit);
    }

    /// What is found from now on has to do with no limit.
    pub(super) fn anywhere(&mut self) {
        self.limit = None;
    }

    pub(super) fn into_list(self) -> Vec<Detailed> {
        self.list
    }

    fn add(&mut self, severity: Severity, path: &str, code: ProblemCode, message: String) {
        self.list.push(Detailed {
            problem: Problem {
                severity,
                path: path.into(),
                code,
                message,
            },
            limit: self.limit,
        });
    }
}
