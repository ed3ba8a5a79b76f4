//! A profile becomes a running engine: the one place that matches on backends.
//!
//! The simulator and the demo are profiles like any other: the same engine on the
//! embedded store, with a clock that stands still until somebody moves it.

mod accounts;
pub mod audit;
mod backends;
mod by_hand;
pub mod check;
mod clients;
mod documents;
mod edits;
pub mod elsewhere;
mod embedded;
mod error;
pub mod guard;
mod instagram;
mod production;
mod profile;
mod running;
mod secret;
pub mod secrets;
pub mod seen;
pub mod settings;
mod slow;
mod upkeep;

pub use documents::Documents;
pub use error::{Result, RuntimeError};
pub use production::ProductionPlace;
pub use profile::{DatabasePlace, EmbeddedPlace, GraphPlace, InstagramPlace, Place, Profile};
pub use running::Runtime;
pub use secret::made_up_secret;
pub use slow::StoreDelay;
