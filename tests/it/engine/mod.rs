//! What the engine promises, over real parts: a database file, the cache, the Graph API
//! client and the simulated Instagram behind HTTP.

mod by_hand;
mod cache;
mod deduplication;
mod editing;
mod figures;
mod order;
mod outage;
mod restart;
mod sending;
