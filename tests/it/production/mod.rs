//! The engine on real servers: redis-server, a Redis Cluster, mongod and Node.

mod by_hand;
mod cache;
mod command_line;
mod differential;
mod edits;
mod elsewhere;
mod guard;
mod holds;
mod interop;
mod left_behind;
mod moving;
mod only_in_redis;
mod outages;
mod promises;
mod refused;
mod repeated;
mod silent;
mod stories;
mod turns;
