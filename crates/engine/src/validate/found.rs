//! The list of what was found.

use heliograph_model::{Problem, ProblemCode, Severity};

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Problem>);

impl Found {
    pub(super) fn error(&mut self, path: &str, code: ProblemCode, message: impl Into<String>) {
        self.add(Severity::Error, path, code, message.into());
    }

    pub(super) fn warning(&mut self, path: &str, code: ProblemCode, message: impl Into<String>) {
        self.add(Severity::Warning, path, code, message.into());
    }

    pub(super) fn into_list(self) -> Vec<Problem> {
        self.0
    }

    fn add(&mut self, severity: Severity, path: &str, code: ProblemCode, message: String) {
        self.0.push(Problem {
            severity,
            path: path.into(),
            code,
            message,
        });
    }
}
