//! Simulated people who talk to a running engine.
//!
//! There is no second engine in here: what a person does becomes the webhook that Meta
//! would post, goes through the queue of an embedded profile with a virtual clock, and
//! what is shown is what the simulated Instagram received and what the engine stored.
//!
//! Everything that is done to a stage is in its log. Going back opens another stage and
//! does again what came before.

mod actions;
mod behind;
mod by_hand;
mod doing;
mod done;
mod due;
mod error;
mod faults;
mod following;
mod language;
mod log;
mod moves;
mod nearest;
mod operator;
mod outside;
mod playback;
mod rewind;
mod running;
mod scene;
mod session;
mod settings;
mod stage;
mod standing;
mod view;
pub mod webhook;
mod writing;

pub use error::{Result, SimulatorError};
pub use language::Language;
pub use nearest::{Nearest, Nearness, nearest};
pub use playback::{
    ActiveAnswer, ActiveFaults, Difference, Document, Due, DueKind, Fault, Mark, Moment,
    MomentDetail, MomentKind, Playback,
};
pub use session::Simulator;
pub use settings::{NewPerson, SimulatorSettings};
pub use view::{
    Action, Author, Bubble, Content, Figures, Media, MediaSurface, Person, Sendable, SimulatorView,
    Surface,
};
pub use writing::{OpenedScenario, WrittenScenario};

pub(crate) use actions::press;
pub(crate) use done::{Done, Fact};
pub(crate) use moves::{CommentPlace, Commenting, Move, Touch, What, Writing};
pub(crate) use stage::Stage;
