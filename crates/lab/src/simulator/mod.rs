//! Simulated people who talk to a running engine.

mod view;

pub use view::{
    Action, Author, Bubble, Content, Figures, Media, MediaSurface, Person, SimulatorView, Surface,
};
