//! Conversations as files: the demo, the test and the bug report in one form.
//!
//! `docs/scenarios.md` describes the format for those who write them.

mod error;
mod format;
mod node;
mod phrases;
mod read;
pub(crate) mod words;

pub use error::{Mistake, ScenarioError};
pub use format::{
    Act, BadAnswer, CardSpec, Change, Character, ContactSpec, DecisionSpec, Deed, Expectation,
    MessageSpec, NamedMedia, RawWebhook, Scenario, Seen, SendCount, Step, StepKind, Tapped,
    TextSpec, Trouble,
};
pub use node::Place;
