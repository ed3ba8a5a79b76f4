//! MongoDB: the documents, shared with the Node application that may have written them.
//!
//! What another application put into a document survives every write of ours, and what it
//! left out gets the model's defaults. Indexes are reported, and made only on request.

mod archive;
mod bulk;
mod changes;
mod config;
mod connection;
mod documents;
mod error;
mod gather;
mod indexes;
mod lookups;
mod network;
mod probe;
mod register;
mod rewrite;
mod store;
mod tokens;
mod values;

pub use changes::{Change, Changes};
pub use config::{Collections, MongoConfig, Patience};
pub use error::{MongoError, Result, Trouble};
pub use indexes::{IndexReport, IndexState};
pub use probe::{Probe, There, Topology};
pub use store::MongoStore;
