//! The embedded profile's adapters: one SQLite file is the store, the queue and the
//! journal, and the cache is in memory. Nothing else has to be installed.

mod answers;
mod cache;
mod checkpoint;
mod counters;
mod database;
mod documents;
mod error;
mod failed_sends;
mod inbox;
mod jobs;
mod journal;
mod keys;
mod lately;
mod line;
mod marks;
mod notes;
mod open;
mod ownership;
mod people;
mod queue;
mod readers;
mod refused;
mod register;
mod rows;
mod scan;
mod schema;
mod search;
mod seen;
mod statements;
mod store;
mod upkeep;
mod writer;

pub use cache::{MemoryCache, MemoryFigures};
pub use database::{Database, Settings};
pub use error::OpenError;
pub use open::{OpenReport, SetAside};
pub use queue::DeadLetter;
pub use seen::SeenFile;
