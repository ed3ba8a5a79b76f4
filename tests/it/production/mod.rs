//! The engine on real servers: redis-server, a Redis Cluster, mongod and Node.

mod by_hand;
mod cache;
mod command_line;
mod differential;
mod edits;
mod guard;
mod interop;
mod outages;
mod promises;
mod stories;
