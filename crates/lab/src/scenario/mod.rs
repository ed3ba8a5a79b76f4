//! Conversations as files: the demo, the test and the bug report in one form.
//!
//! `docs/scenarios.md` describes the format for those who write them.

mod error;
mod expected;
mod files;
mod format;
mod node;
mod phrases;
mod read;
mod report;
mod run;
mod shelf;
mod wording;
pub(crate) mod words;
mod write;

pub use error::{Mistake, ScenarioError};
pub use expected::{
    CardSpec, ContactSpec, DecisionSpec, Expectation, MessageSpec, Seen, SendCount, TextSpec,
};
pub use files::{FileError, Files, read};
pub use format::{
    Act, BadAnswer, ByHand, Change, Character, Deed, NamedMedia, RawWebhook, Scenario, Step,
    StepKind, Tapped, Trouble,
};
pub use node::Place;
pub use report::{Failure, Line, Report, Voice};
pub use run::{Played, RunError, run, run_on};
pub use shelf::{KeptScenario, Mismatch, ScenarioOutcome, Shelf, ShelfError};

pub use write::{WriteError, Written};

pub(crate) use run::play;
pub(crate) use words::same_name;
pub(crate) use write::{Outline, Title};
