//! Conversations as files: the demo, the test and the bug report in one form.
//!
//! `docs/scenarios.md` describes the format for those who write them.

mod error;
mod files;
mod format;
mod node;
mod phrases;
mod read;
mod report;
mod run;
pub(crate) mod words;

pub use error::{Mistake, ScenarioError};
pub use files::{FileError, Files, read};
pub use format::{
    Act, BadAnswer, CardSpec, Change, Character, ContactSpec, DecisionSpec, Deed, Expectation,
    MessageSpec, NamedMedia, RawWebhook, Scenario, Seen, SendCount, Step, StepKind, Tapped,
    TextSpec, Trouble,
};
pub use node::Place;
pub use report::{Failure, Line, Report, Voice};
pub use run::{RunError, run};
