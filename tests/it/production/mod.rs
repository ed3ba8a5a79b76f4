//! The engine on real servers: redis-server, a Redis Cluster, mongod and Node.

mod by_hand;
mod cache;
mod command_line;
mod differential;
mod edits;
mod elsewhere;
mod guard;
mod interop;
mod only_in_redis;
mod outages;
mod promises;
mod stories;
mod turns;
