//! Simulated people who talk to a running engine.
//!
//! There is no second engine in here: what a person does becomes the webhook that Meta
//! would post, goes through the queue of an embedded profile with a virtual clock, and
//! what is shown is what the simulated Instagram received and what the engine stored.

mod actions;
mod error;
mod following;
mod moves;
mod outside;
mod scene;
mod session;
mod settings;
mod stage;
mod view;
pub mod webhook;

pub use error::{Result, SimulatorError};
pub use session::Simulator;
pub use settings::{NewPerson, SimulatorSettings};
pub use view::{
    Action, Author, Bubble, Content, Figures, Media, MediaSurface, Person, SimulatorView, Surface,
};

pub(crate) use actions::{change_contact, press};
pub(crate) use moves::{CommentPlace, Commenting, Move, Touch, What, Writing};
pub(crate) use stage::Stage;
